import { z } from 'zod';
import type { Goal } from '../selection/expected-quality.js';
import type { SelectionConfig } from './config.js';
import { DEFAULTS } from './defaults.js';
import { section, text } from './fields.js';
import { resolvePath } from './paths.js';
import { atKey, atValue, type Finding, formatPath, type Path } from './problems.js';
import { ceilings, scorers } from './schema-scoring.js';

/** How a decision chooses among its models by what is expected of them. */
export const selection = section({
  router: text(1000)
    .optional()
    .describe('A router that ships with Sextant, by its name, or the folder of one, with a slash.'),
  quality_bias: z.number().min(0).max(1).optional().describe('0: the cheapest, 1: the best.'),
  within_of_best: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('The cheapest whose expected quality is at most that much below the best.'),
  max_price_per_1000: z
    .number()
    .positive()
    .max(1e9)
    .optional()
    .describe('The best for at most so many USD per 1,000 requests.'),
  scorers: scorers.optional(),
  ...ceilings,
}).describe('How a decision chooses among its models; with a router, by what it expects of them.');

export type SelectionText = z.output<typeof selection>;

const GOALS = ['quality_bias', 'within_of_best', 'max_price_per_1000'] as const;

/** What a decision says goes before what the file says of all; undefined where nobody names a router. */
export function selectionOf(
  own: SelectionText | undefined,
  base: SelectionText | undefined,
  file: string,
): SelectionConfig | undefined {
  const router = own?.router ?? base?.router;
  if (router === undefined) return undefined;
  const goal = goalOf(own) ?? goalOf(base) ?? { kind: 'bias', bias: DEFAULTS.selection.qualityBias };
  return { router: router.includes('/') ? resolvePath(router, file) : router, goal };
}

function goalOf(text: SelectionText | undefined): Goal | undefined {
  if (text?.quality_bias !== undefined) return { kind: 'bias', bias: text.quality_bias };
  if (text?.within_of_best !== undefined) return { kind: 'within', ofBest: text.within_of_best };
  if (text?.max_price_per_1000 !== undefined) return { kind: 'under', usdPer1000: text.max_price_per_1000 };
  const weight = text?.scorers?.expected_quality;
  return weight === undefined ? undefined : { kind: 'weighed', weight };
}

/** All that says what to make of an expectation, as it is written. */
function goalsIn(text: SelectionText): readonly string[] {
  const goals = GOALS.filter((goal) => text[goal] !== undefined);
  return text.scorers?.expected_quality === undefined ? goals : [...goals, 'scorers.expected_quality'];
}

interface Selecting {
  readonly selection?: SelectionText | undefined;
  readonly decisions: readonly {
    readonly selection?: SelectionText | undefined;
    readonly block?: string | undefined;
  }[];
}

/** One goal each, a router from somewhere, and nothing to choose where a prompt is refused. */
export function selectionFindings(config: Selecting): readonly Finding[] {
  const base = config.selection;
  return [
    ...(base === undefined
      ? []
      : [...tooManyGoals(base, ['selection']), ...noRouter(base, undefined, ['selection'])]),
    ...config.decisions.flatMap(({ selection: own, block }, index) => {
      if (own === undefined) return [];
      const path = ['decisions', index, 'selection'];
      const refuses: readonly Finding[] =
        block === undefined ? [] : [atKey(path, 'has nothing to choose from beside block; remove one')];
      return [...refuses, ...tooManyGoals(own, path), ...noRouter(own, base, path)];
    }),
  ];
}

function tooManyGoals(text: SelectionText, path: Path): readonly Finding[] {
  const goals = goalsIn(text);
  if (goals.length < 2) return [];
  return [atValue(path, `has ${goals.join(' and ')}; only one of them can decide, keep one`)];
}

function noRouter(text: SelectionText, base: SelectionText | undefined, path: Path): readonly Finding[] {
  if (text.router !== undefined || base?.router !== undefined) return [];
  if (goalsIn(text).length === 0 && Object.values(text).some((value) => value !== undefined)) return [];
  const elsewhere = base === undefined && path.length > 1 ? `, here or in ${formatPath(['selection'])}` : '';
  return [atValue(path, `names no router; add router${elsewhere}`)];
}
