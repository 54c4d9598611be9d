import { type Reading, stemOf, type Token } from './tokens.js';
import { stemSet, wordSet } from './word-list.js';

/** How often a text says the one end of a dimension, and the other. */
export interface Poles {
  plus: number;
  minus: number;
}

/** By dimension; a word that is denied or called the least counts for its opposite: `not allowed`, `least expensive`. */
export function polesOf(reading: Reading): ReadonlyMap<number, Poles> {
  const poles = new Map<number, Poles>();
  const add = ({ dimension, side }: Pole, isTurned: boolean) => {
    const count = poles.get(dimension) ?? { plus: 0, minus: 0 };
    count[isTurned === (side === 'plus') ? 'minus' : 'plus'] += 1;
    poles.set(dimension, count);
  };
  const { tokens } = reading;
  for (const [index, token] of tokens.entries()) {
    if (GRADES.has(token.lower) && isPole(tokens[index + 1])) continue;
    const isTurned = isTurnedAt(tokens, index);
    for (const pole of POLES.get(token.stem) ?? []) add(pole, isTurned);
    // `on` and `in` are mostly prepositions; after `turn`, `log` and the like, or at the end, they are states.
    const particle = SWITCHING.has(token.stem)
      ? particleAfter(tokens, index)
      : endsClause(token)
        ? token.lower
        : '';
    const pole = PARTICLES.get(particle);
    if (pole !== undefined) add(pole, false);
  }
  return poles;
}

/** True when each text says, more often than the other, an end of one dimension of which the other says the opposite. */
export function polesOppose(ours: ReadonlyMap<number, Poles>, theirs: ReadonlyMap<number, Poles>): boolean {
  for (const [dimension, mine] of ours) {
    const yours = theirs.get(dimension);
    if (yours === undefined) continue;
    if (mine.plus > yours.plus && mine.minus < yours.minus) return true;
    if (mine.plus < yours.plus && mine.minus > yours.minus) return true;
  }
  return false;
}

/** True when the other text says the opposite of a word. */
export function areOpposite(word: Token, other: Reading): boolean {
  const opposites = POLES.get(word.stem) ?? [];
  return other.tokens.some((token) =>
    (POLES.get(token.stem) ?? []).some((pole) =>
      opposites.some(({ dimension, side }) => dimension === pole.dimension && side !== pole.side),
    ),
  );
}

function isPole(token: Token | undefined): boolean {
  return POLES.has(token?.stem ?? '');
}

/** `least expensive` is cheap, `with no password` is without one. */
function isTurnedAt(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.lower === 'with') return /^(?:no|zero)$/.test(tokens[at + 1]?.lower ?? '');
  const previous = tokens[at - 1]?.lower ?? '';
  return /^(?:least|less)$/.test(previous) || (previous === 'not' && !TOTAL.has(tokens[at]?.lower ?? ''));
}

/** `not all` is not `none`. */
const TOTAL = wordSet('all every each always with many more most');

/** Before a word with an opposite these say how much of it there is. */
const GRADES = wordSet('more most less least');

/** How far a particle may stand from its verb: `turn the lights in the kitchen on`. Words. */
const PARTICLE_WITHIN = 6;

function particleAfter(tokens: readonly Token[], at: number): string {
  for (const token of tokens.slice(at + 1, at + 1 + PARTICLE_WITHIN)) {
    // Other particles end the search: `turn off the alarm on my phone`.
    if (/^(?:on|off|in|out|up|down)$/.test(token.lower)) return endsClause(token) ? '' : token.lower;
  }
  return '';
}

/** Counted where it stands, so that it is not counted for its verb as well. */
function endsClause(token: Token): boolean {
  return /^\s*(?:[.,;:?!]|$)/.test(token.after);
}

const SWITCHING = stemSet(
  'turn switch power toggle put log sign flip set keep leave go sit stand scale roll',
);

interface Pole {
  readonly dimension: number;
  readonly side: 'plus' | 'minus';
}

/** Each line is a dimension: the words of its one end, a bar, the words of its other end. */
const DIMENSIONS = `
  enable activate on | disable deactivate off
  increase raise rise grow boost gain higher | decrease reduce lower fall drop decline shrink cut
  more greater | less fewer
  up | down
  buy purchase acquire | sell
  before prior | after
  with | without
  maximum maximize maximal max most largest biggest highest greatest tallest longest best | minimum minimize minimal min least smallest lowest shortest worst
  good better best | bad worse worst
  advantage benefit pro upside strength plus | disadvantage drawback con downside weakness shortcoming limitation
  open | close shut
  start begin launch | stop end finish quit
  add insert append attach | remove delete subtract detach
  install | uninstall
  import | export
  send | receive
  push | pull
  give | take
  lend | borrow
  win | lose
  accept approve | reject decline refuse
  allow permit | deny forbid block prohibit ban prevent
  lock | unlock
  encrypt | decrypt
  encode | decode
  compress zip | decompress extract unzip
  connect | disconnect
  show display | hide
  expand | collapse
  left | right
  north northern | south southern
  east eastern | west western
  top | bottom
  above | below
  inside indoor | outside outdoor
  internal | external
  upper | lower
  first | last
  early earlier earliest | late later latest
  new newest newer latest | old oldest older
  young youngest | old oldest
  hot hottest heat | cold coldest chill cool
  warm | cool
  wet | dry
  fast faster fastest quick | slow slower slowest
  high higher highest | low lower lowest
  long longer longest | short shorter shortest
  big bigger biggest large larger largest | small smaller smallest little tiny
  heavy heavier heaviest | light lighter lightest
  light bright | dark
  hard harder hardest difficult | easy easier easiest simple simplest
  rich richest | poor poorest
  cheap cheaper cheapest | expensive costly
  strong stronger strongest | weak weaker weakest
  public | private
  true | false
  positive | negative
  male man boy father husband son brother king gentleman | female woman girl mother wife daughter sister queen lady
  input | output
  read | write
  sync synchronous | async asynchronous
  local | remote
  debit | credit
  profit | loss
  income revenue | expense
  supply | demand
  major main primary | minor secondary
  always | never
  all every each | none some
  day | night
  morning | evening night
  am | pm
  arrive arrival | depart departure leave
  enter entrance | exit
  login | logout
  inhale | exhale
  ascending ascend | descending descend
  horizontal | vertical
  forward forwards | backward backwards
  absolute | relative
  static | dynamic
  serial sequential | parallel
  create build | destroy demolish
  lossy | lossless
  wired | wireless
  stateful | stateless
  love | hate
  war | peace
  life live alive | death die dead
  birth | die
  cause | effect consequence prevent cure
  upgrade | downgrade
  ancient | modern
  formal | informal
  guilty | innocent
  safe | dangerous unsafe
  legal | illegal
  even | odd
  mean average | median
  client | server
  singular | plural
  noun | verb
  question | answer
  past | future present
  professional | amateur
  freeze | melt boil
  solid | liquid gas
  acid | base alkali
  domestic | international foreign
  urban | rural
  majority | minority
  optimist optimistic | pessimist pessimistic
  introvert introverted | extrovert extroverted
  deep | shallow
  wide | narrow
  thick | thin
  full | empty
  loud | quiet
  near nearest close | far farthest
  many | few
  teacher | student
  doctor | patient
  employer | employee
  landlord | tenant
  victim | criminal
  predator | prey
  attack | defend defense
  hire | fire
  marry marriage | divorce`;

/** What a particle says after a verb of switching; `off`, `up` and `down` are in the table of words. */
const PARTICLES: ReadonlyMap<string, Pole> = new Map([
  ['on', { dimension: 0, side: 'plus' }],
  ['in', { dimension: -1, side: 'plus' }],
  ['out', { dimension: -1, side: 'minus' }],
]);

const POLES: ReadonlyMap<string, readonly Pole[]> = readPoles(DIMENSIONS);

function readPoles(table: string): ReadonlyMap<string, readonly Pole[]> {
  const poles = new Map<string, Pole[]>();
  for (const [dimension, line] of table.trim().split('\n').entries()) {
    const [plus = '', minus = ''] = line.split('|');
    for (const [side, words] of [
      ['plus', plus],
      ['minus', minus],
    ] as const) {
      const stems = new Set(
        words
          .trim()
          .split(/\s+/)
          .filter((word) => word !== 'on')
          .map(stemOf),
      );
      for (const stem of stems) poles.set(stem, [...(poles.get(stem) ?? []), { dimension, side }]);
    }
  }
  return poles;
}
