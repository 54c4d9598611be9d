import { z } from 'zod';
import type { CascadePolicy } from '../selection/cascade.js';
import { DEFAULTS } from './defaults.js';
import { modelName, section, text } from './fields.js';
import { atValue, type Finding, type Path } from './problems.js';

const D = DEFAULTS.cascade;

const logprob = z.number().min(-100).max(0);

const judge = section({
  refusal: z.boolean().default(D.refusal).describe('Answers that begin by saying that they are none.'),
  phrases: z
    .array(text(200))
    .max(200)
    .default([])
    .describe('What refusals say as well, beside the phrases that are known.'),
  cut: z
    .boolean()
    .default(D.cut)
    .describe('Answers that ended for their length, unless the client set a limit.'),
  repetition: z.boolean().default(D.repetition).describe('Answers that run in circles.'),
  broken: z
    .boolean()
    .default(D.broken)
    .describe('JSON that is none and tools called wrongly, where the client asked for them.'),
  chars_min: z.int().min(0).max(100_000).default(D.charsMin).describe('Shorter answers.'),
  mean_logprob_min: logprob
    .default(D.meanLogprobMin)
    .describe('Lower means of log-probabilities, where the client asked for these.'),
  min_logprob_min: logprob.optional().describe('A token less likely than that, where the same holds.'),
  expected_min: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Prompts that the router, or the difficulty head, expects to be answered well less often.'),
}).describe('What makes an answer weak.');

/** Who answers in place of a weak answer. */
export const cascade = section({
  to: z
    .array(modelName)
    .min(1)
    .max(8)
    .describe('Models that answer in place of a weak answer, in this order.'),
  judge: judge.prefault({}),
  body_bytes_max: z
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(D.bodyBytesMax)
    .describe('A longer answer passes unjudged.'),
  timeout_ms: z
    .int()
    .min(1)
    .max(3_600_000)
    .default(D.timeoutMs)
    .describe('How long each model may take for its answer.'),
}).describe('Judges the answer of the chosen model, and asks another where it is weak.');

export type CascadeText = z.output<typeof cascade>;

export function cascadeOf(said: CascadeText | undefined): CascadePolicy | undefined {
  if (said === undefined) return undefined;
  const { judge: signs } = said;
  return {
    to: said.to,
    bodyBytesMax: said.body_bytes_max,
    timeoutMs: said.timeout_ms,
    judge: {
      refusal: signs.refusal,
      phrases: signs.phrases,
      cut: signs.cut,
      repetition: signs.repetition,
      broken: signs.broken,
      charsMin: signs.chars_min,
      meanLogprobMin: signs.mean_logprob_min,
      minLogprobMin: signs.min_logprob_min,
      expectedMin: signs.expected_min,
    },
  };
}

interface Cascading {
  readonly decisions: readonly {
    readonly cascade?: CascadeText | undefined;
    readonly models?: readonly string[] | undefined;
    readonly block?: string | undefined;
  }[];
  readonly fallback?: { readonly enabled: boolean; readonly order: string } | undefined;
  readonly limits: { readonly body_bytes_max: number };
}

/** What is well formed and still cannot work. */
export function cascadeFindings({ decisions, fallback, limits }: Cascading): readonly Finding[] {
  return decisions.flatMap((decision, index) => {
    const said = decision.cascade;
    if (said === undefined) return [];
    const at: Path = ['decisions', index, 'cascade'];
    const findings: Finding[] = [];
    const found = (path: Path, message: string) => findings.push(atValue(path, message));
    if (decision.block !== undefined) found(at, 'has no answer to judge beside block; remove one');
    if (fallback?.enabled !== true) {
      found(
        at,
        'needs the section fallback, by which Envoy asks another model; add one, even if it is empty: {}',
      );
    }
    if (fallback?.order === 'fixed') {
      found(
        at,
        'needs fallback.order selected, and so Envoy 1.40: with fixed nobody can be asked for one prompt alone',
      );
    }
    if (decision.models?.every((model) => said.to.includes(model)) === true) {
      const message =
        'names every model of this decision, so that no answer is judged; leave the small one out';
      found([...at, 'to'], message);
    }
    if (said.body_bytes_max > limits.body_bytes_max) {
      const message = `is above limits.body_bytes_max (${limits.body_bytes_max}), the most that Envoy holds; lower it or raise that`;
      found([...at, 'body_bytes_max'], message);
    }
    return findings;
  });
}
