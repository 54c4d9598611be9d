import { z } from 'zod';
import type { Scoring } from '../selection/scoring.js';
import { DEFAULTS } from './defaults.js';
import { section } from './fields.js';
import { atValue, type Finding, type Path } from './problems.js';
import type { AffinityText } from './schema-affinity.js';
import type { LoadText } from './schema-load.js';

const weight = z.number().min(0).max(1000).optional();

/** How much each reason to prefer a model counts. What a decision leaves out, the file says for all. */
export const scorers = section({
  weight: weight.describe('The weight on its card, as it stands there.'),
  price: weight.describe('1 for a free model, 0.5 at 1 USD per 1,000 requests like this.'),
  latency: weight.describe('1 for an answer at once, 0.5 for one that is whole after two seconds.'),
  load: weight.describe('1 for a pool with room, 0 for one that can take no more. Needs the section load.'),
  affinity: weight.describe(
    'Towards 1 the more of the conversation the model has read. Needs the section affinity.',
  ),
  lora: weight.describe(
    '1 where its adapter is in use, 0 where there is no room for it. Needs the section load.',
  ),
  expected_quality: z
    .number()
    .positive()
    .max(1000)
    .optional()
    .describe(
      'What a router expects of the model, in place of a goal: then the scorers of the cards count as well.',
    ),
}).describe('What counts in a choice, and how much; 0 leaves it out.');

export type ScorersText = z.output<typeof scorers>;

const timeMs = z.int().min(1).max(3_600_000).optional();

/** What no model may exceed as long as another one keeps to it. */
export const ceilings = {
  first_token_ms_max: timeMs.describe('Models whose first token took longer of late are left out.'),
  token_ms_max: z.number().positive().max(3_600_000).optional().describe('The same for each further token.'),
  answer_ms_max: timeMs.describe('The same for a whole answer of usual length.'),
  request_usd_max: z.number().positive().max(1e6).optional().describe('Dearer models are left out.'),
};

export type CeilingsText = z.output<z.ZodObject<typeof ceilings>>;

interface Saying extends CeilingsText {
  readonly scorers?: ScorersText | undefined;
}

export interface ScoringTexts {
  readonly own: Saying | undefined;
  readonly base: Saying | undefined;
  /** Absent where nobody asks the pools. */
  readonly load: LoadText | undefined;
  /** Absent where no conversation is kept in mind. */
  readonly affinity: AffinityText | undefined;
}

/** What a decision says goes before what the file says of all, key by key. */
export function scoringOf({ own, base, load, affinity }: ScoringTexts): Scoring {
  const said = { ...base?.scorers, ...own?.scorers };
  const { scorers: usual, watchedScorer } = DEFAULTS.selection;
  const asked = load?.enabled === true;
  return {
    weights: {
      weight: said.weight ?? usual.weight,
      price: said.price ?? usual.price,
      latency: said.latency ?? 0,
      load: asked ? (said.load ?? watchedScorer) : 0,
      affinity: affinity?.enabled === true ? (said.affinity ?? watchedScorer) : 0,
      lora: asked ? (said.lora ?? watchedScorer) : 0,
    },
    busyFrom: load?.busy_from ?? DEFAULTS.load.busyFrom,
    ceilings: {
      firstTokenMs: own?.first_token_ms_max ?? base?.first_token_ms_max,
      tokenMs: own?.token_ms_max ?? base?.token_ms_max,
      answerMs: own?.answer_ms_max ?? base?.answer_ms_max,
      requestUsd: own?.request_usd_max ?? base?.request_usd_max,
    },
  };
}

/** Whether the answers of models must be timed for it. */
export function looksAtTime({ weights, ceilings: { firstTokenMs, tokenMs, answerMs } }: Scoring): boolean {
  return weights.latency > 0 || [firstTokenMs, tokenMs, answerMs].some((each) => each !== undefined);
}

interface Scored {
  readonly selection?: Saying | undefined;
  readonly load?: object | undefined;
  readonly affinity?: object | undefined;
  readonly decisions: readonly { readonly selection?: Saying | undefined }[];
}

/** What each of these scorers looks at, and the section that says so. */
const WATCHED = [
  { key: 'load', by: 'load', does: 'asks the pools' },
  { key: 'lora', by: 'load', does: 'asks the pools' },
  { key: 'affinity', by: 'affinity', does: 'keeps conversations in mind' },
] as const;

/** A weight for what nobody looks at would never count. */
export function scoringFindings(config: Scored): readonly Finding[] {
  const places: readonly (readonly [Saying | undefined, Path])[] = [
    [config.selection, ['selection']],
    ...config.decisions.map(
      ({ selection }, index) => [selection, ['decisions', index, 'selection']] as const,
    ),
  ];
  return places.flatMap(([said, path]) =>
    WATCHED.flatMap(({ key, by, does }): readonly Finding[] => {
      if (config[by] !== undefined || (said?.scorers?.[key] ?? 0) === 0) return [];
      const message = `needs the section ${by}, which ${does}; add one, even if it is empty: {}`;
      return [atValue([...path, 'scorers', key], message)];
    }),
  );
}
