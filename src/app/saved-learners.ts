import { z } from 'zod';
import type { BanditState } from '../learn/bandit.js';
import type { DecisionLearner, LearnerRecord } from '../learn/decision-learner.js';

/** A learner, and what its corrections hang on: they mean nothing for other models, or beside other expectations. */
export interface KeptLearner {
  readonly learner: DecisionLearner;
  readonly fingerprint: string;
}

const FORMAT = { format: 'sextant-learning', version: 1 };
const OTHER_FORMAT = 'it has another format';
const MODELS_MAX = 256;

const figure = z.number();
const count = z.int().min(0);
const arm = z.strictObject({
  outcomes: count,
  weight: figure,
  squaredWeight: figure,
  score: figure,
  expected: figure,
  difference: figure,
  squaredDifference: figure,
  known: z.boolean(),
});
const state = z.strictObject({
  outcomes: count,
  arms: z.array(z.tuple([z.string(), arm])).max(MODELS_MAX),
});
const change = z.strictObject({
  atMs: figure,
  kind: z.enum(['learnt', 'rolled-back']),
  version: count,
  models: z
    .array(z.strictObject({ model: z.string(), outcomes: count, before: figure, after: figure }))
    .max(MODELS_MAX),
  ids: z.tuple([z.string(), z.string()]).optional(),
});
const outcome = z.strictObject({
  id: z.string(),
  atMs: figure,
  model: z.string(),
  score: figure,
  expected: figure.optional(),
  weight: figure,
});
const scale = z.strictObject({ signs: count, weight: figure, score: figure, expected: figure });
const traffic = z.strictObject({ requests: count, explored: count });
const line = z.strictObject({
  decision: z.string(),
  fingerprint: z.string(),
  state,
  base: state,
  versions: z
    .array(z.strictObject({ version: count, atMs: figure, state }))
    .min(1)
    .max(100),
  changes: z.array(change).max(1000),
  lastVersion: count,
  recent: z.array(outcome).max(1000),
  scales: z.array(z.tuple([z.string(), scale])).max(16),
  traffic: z.array(z.tuple([z.string(), traffic])).max(MODELS_MAX),
});

/** One line of JSON for the format and one for each decision: numbers, names and ids of exchanges, no text of prompts. */
export function learnerLines(learners: ReadonlyMap<string, KeptLearner>): readonly string[] {
  const lines = [...learners].map(([decision, { learner, fingerprint }]) => {
    const record = learner.record();
    return JSON.stringify({
      decision,
      fingerprint,
      ...record,
      state: plain(record.state),
      base: plain(record.base),
      versions: record.versions.map((each) => ({ ...each, state: plain(each.state) })),
      scales: [...record.scales],
      traffic: [...record.traffic],
    } satisfies Record<keyof z.input<typeof line>, unknown>);
  });
  return [JSON.stringify(FORMAT), ...lines];
}

/**
 * Gives each learner what it knew.
 *
 * @param left told of each decision of which nothing is taken up, since it is gone or has changed
 * @returns why none of the lines could be read, if so; then every learner is as it was
 */
export function takeLearnerLines(
  lines: readonly string[],
  learners: ReadonlyMap<string, KeptLearner>,
  left: (decision: string, why: string) => void,
): string | undefined {
  const [first, ...rest] = lines.map(parsed);
  if (JSON.stringify(first) !== JSON.stringify(FORMAT)) return OTHER_FORMAT;
  const read = rest.map((each) => line.safeParse(each));
  if (!read.every(({ success }) => success)) return OTHER_FORMAT;
  for (const { data } of read) {
    if (data === undefined) continue;
    const known = learners.get(data.decision);
    if (known === undefined) left(data.decision, 'no decision of this name learns any more');
    else if (known.fingerprint !== data.fingerprint)
      left(data.decision, 'its models, or what is expected of them, have changed');
    else known.learner.restore(recordOf(data));
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function plain({ outcomes, arms }: BanditState): z.input<typeof state> {
  return { outcomes, arms: [...arms] };
}

function stateOf({ outcomes, arms }: z.output<typeof state>): BanditState {
  return { outcomes, arms: new Map(arms) };
}

function recordOf(saved: z.output<typeof line>): LearnerRecord {
  return {
    state: stateOf(saved.state),
    base: stateOf(saved.base),
    versions: saved.versions.map((each) => ({ ...each, state: stateOf(each.state) })),
    changes: saved.changes,
    lastVersion: saved.lastVersion,
    recent: saved.recent.map((each) => ({ ...each, expected: each.expected })),
    scales: new Map(saved.scales),
    traffic: new Map(saved.traffic),
  };
}
