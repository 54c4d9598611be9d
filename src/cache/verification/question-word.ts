import type { Reading, Token } from './tokens.js';
import { wordSet } from './word-list.js';

/**
 * True when the texts ask for different kinds of answer: a person, a place, a time, a reason, a number. `what`,
 * `which` and a plain `how` can stand for most of these, so they contradict little.
 */
export function questionWordsDiffer(one: Reading, other: Reading): boolean {
  const ours = kindOf(one.tokens);
  const theirs = kindOf(other.tokens);
  if (ours === undefined || theirs === undefined || ours === theirs) return false;
  return !(COMPATIBLE.get(ours)?.has(theirs) === true || COMPATIBLE.get(theirs)?.has(ours) === true);
}

/** What kind of answer a question asks for. */
export type Kind =
  | 'who'
  | 'where'
  | 'when'
  | 'why'
  | 'number'
  | 'measure'
  | 'duration'
  | 'frequency'
  | 'manner';

/** `How can I find it?` asks for a place, `How far is it?` for a number; neither ever asks for a reason. */
const COMPATIBLE: ReadonlyMap<Kind, ReadonlySet<Kind>> = new Map([
  ['manner', new Set<Kind>(['who', 'where', 'when', 'measure', 'duration', 'frequency'])],
  ['measure', new Set<Kind>(['number', 'duration'])],
  ['number', new Set<Kind>(['duration', 'frequency'])],
]);

/** A question word this far in belongs to a clause, as in `the people who …`. Words. */
const WITHIN = 8;

/** Undefined where a text does not ask for one of these kinds. */
export function kindOf(tokens: readonly Token[]): Kind | undefined {
  for (const [index, token] of tokens.slice(0, WITHIN).entries()) {
    const next = tokens[index + 1]?.lower ?? '';
    // Later than in first place it must ask: `when did`, not `when my phone`.
    const asks = index === 0 || ASKING.has(next) || token.lower === 'how';
    if (!asks) continue;
    const kind =
      token.lower === 'how' ? kindOfHow(next) : (KINDS.get(token.lower) ?? kindOfWhat(token, next));
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function kindOfHow(next: string): Kind {
  if (next === 'come') return 'why';
  if (next === 'much' || next === 'many') return 'number';
  if (next === 'long') return 'duration';
  if (next === 'often' || next === 'frequently') return 'frequency';
  return MEASURES.has(next) ? 'measure' : 'manner';
}

function kindOfWhat(token: Token, next: string): Kind | undefined {
  return token.lower === 'what' || token.lower === 'which' || token.lower === 'in'
    ? WHAT_KINDS.get(next)
    : undefined;
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['who', 'who'],
  ['whom', 'who'],
  ['whose', 'who'],
  ['where', 'where'],
  ['when', 'when'],
  ['why', 'why'],
]);

const WHAT_KINDS: ReadonlyMap<string, Kind> = new Map([
  ['person', 'who'],
  ['place', 'where'],
  ['city', 'where'],
  ['country', 'where'],
  ['year', 'when'],
  ['date', 'when'],
  ['day', 'when'],
  ['time', 'when'],
  ['month', 'when'],
  ['reason', 'why'],
  ['number', 'number'],
  ['amount', 'number'],
]);

const MEASURES = wordSet('far tall old big heavy deep fast high large wide thick hot cold strong loud small');

const ASKING = wordSet(`
  do does did is are was were will would can could should shall may might must has have had i we you to in on it
  the year date day time month person place city country reason number amount invented wrote discovered`);
