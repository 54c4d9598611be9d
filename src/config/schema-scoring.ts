import { z } from 'zod';
import type { Scoring } from '../selection/scoring.js';
import { DEFAULTS } from './defaults.js';
import { section } from './fields.js';
import type { Finding, Path } from './problems.js';
import type { LoadText } from './schema-load.js';

const weight = z.number().min(0).max(1000).optional();

/** How much each reason to prefer a model counts. What a decision leaves out, the file says for all. */
export const scorers = section({
  weight: weight.describe('The weight on its card, as it stands there.'),
  price: weight.describe('1 for a free model, 0.5 at 1 USD per 1,000 requests like this.'),
  load: weight.describe('1 for a pool with room, 0 for one that can take no more. Needs the section load.'),
  lora: weight.describe(
    '1 where its adapter is in use, 0 where there is no room for it. Needs the section load.',
  ),
}).describe('What counts in a choice, and how much; 0 leaves it out.');

export type ScorersText = z.output<typeof scorers>;

interface Saying {
  readonly scorers?: ScorersText | undefined;
}

export interface ScoringTexts {
  readonly own: Saying | undefined;
  readonly base: Saying | undefined;
  /** Absent where nobody asks the pools. */
  readonly load: LoadText | undefined;
}

/** What a decision says goes before what the file says of all, key by key. */
export function scoringOf({ own, base, load }: ScoringTexts): Scoring {
  const said = { ...base?.scorers, ...own?.scorers };
  const { scorers: usual, watchedScorer } = DEFAULTS.selection;
  const asked = load?.enabled === true;
  return {
    weights: {
      weight: said.weight ?? usual.weight,
      price: said.price ?? usual.price,
      load: asked ? (said.load ?? watchedScorer) : 0,
      lora: asked ? (said.lora ?? watchedScorer) : 0,
    },
    busyFrom: load?.busy_from ?? DEFAULTS.load.busyFrom,
  };
}

interface Scored {
  readonly selection?: Saying | undefined;
  readonly load?: object | undefined;
  readonly decisions: readonly { readonly selection?: Saying | undefined }[];
}

/** A weight for what nobody looks at would never count. */
export function scoringFindings(config: Scored): readonly Finding[] {
  const places: readonly (readonly [Saying | undefined, Path])[] = [
    [config.selection, ['selection']],
    ...config.decisions.map(
      ({ selection }, index) => [selection, ['decisions', index, 'selection']] as const,
    ),
  ];
  return places.flatMap(([said, path]) =>
    (['load', 'lora'] as const).flatMap((key): readonly Finding[] => {
      if (config.load !== undefined || (said?.scorers?.[key] ?? 0) === 0) return [];
      const message = 'needs the section load, which asks the pools; add one, even if it is empty: {}';
      return [{ path: [...path, 'scorers', key], at: 'value', message }];
    }),
  );
}
