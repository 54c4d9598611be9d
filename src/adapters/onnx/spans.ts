import type { Span } from '../../signals/contract.js';
import { toShares } from './heads.js';
import type { HeadsFile } from './heads-file.js';
import type { TokensInText } from './wordpiece.js';

/** The tokens of a text, and what the token head said of each. */
export interface LabelledTokens extends Omit<TokensInText, 'ids'> {
  /** One row of logits per token, in the order of the tags; used up by the decoding. */
  readonly logits: Float32Array;
}

/** What the tags mean, worked out once. */
export interface TagTable {
  readonly threshold: number;
  readonly tagCount: number;
  readonly outside: number;
  readonly types: readonly { readonly name: string; readonly begin: number; readonly inside: number }[];
}

export function tagTableOf({ tags, threshold }: HeadsFile['pii']): TagTable {
  const names = [...new Set(tags.filter((tag) => tag !== 'O').map((tag) => tag.slice(2)))];
  const types = names.map((name) => ({
    name,
    begin: tags.indexOf(`B-${name}`),
    inside: tags.indexOf(`I-${name}`),
  }));
  return { threshold, tagCount: tags.length, outside: tags.indexOf('O'), types };
}

/**
 * Joins what the token head said of tokens to spans of the text, in its order. A word is of one type as a whole: the one
 * that its tokens together find most probable, so no span begins or ends inside of a word. A word that continues a type
 * which the word before is not of begins a span all the same. Spans below the table's threshold are left out.
 */
export function spansOf(tokens: LabelledTokens, table: TagTable): readonly Span[] {
  const spans: Span[] = [];
  let open: OpenSpan | undefined;
  const shut = (): void => {
    if (open === undefined) return;
    const { type, start, end } = open;
    const score = open.sum / open.tokens;
    if (score >= table.threshold) spans.push({ type, start, end, score });
    open = undefined;
  };
  for (let from = 0; from < tokens.starts.length; ) {
    const to = wordEnd(tokens.continues, from);
    const word = isClearlyNone(tokens.logits, table, from, to) ? undefined : wordOf(tokens, table, from, to);
    if (word === undefined || word.begins || open?.type !== word.type) shut();
    if (word !== undefined) {
      open ??= { type: word.type, start: tokens.starts[from] ?? 0, end: 0, sum: 0, tokens: 0 };
      open.end = tokens.ends[to - 1] ?? 0;
      open.sum += word.sum;
      open.tokens += to - from;
    }
    from = to;
  }
  shut();
  return spans;
}

interface OpenSpan {
  readonly type: string;
  readonly start: number;
  end: number;
  /** Of the probabilities of the type over the span's tokens. */
  sum: number;
  tokens: number;
}

interface LabelledWord {
  readonly type: string;
  readonly begins: boolean;
  readonly sum: number;
}

function wordEnd(continues: readonly boolean[], from: number): number {
  let to = from + 1;
  while (continues[to] === true) to += 1;
  return to;
}

/** Spares the exponentials of most words: with each of its two tags at half of `O`, no type gets above `O`. */
function isClearlyNone(logits: Float32Array, table: TagTable, from: number, to: number): boolean {
  const { tagCount, outside } = table;
  for (let row = from * tagCount; row < to * tagCount; row += tagCount) {
    const limit = (logits[row + outside] ?? 0) - CLEAR_LOGITS;
    for (let tag = 0; tag < tagCount; tag += 1) {
      if (tag !== outside && (logits[row + tag] ?? 0) > limit) return false;
    }
  }
  return true;
}

const CLEAR_LOGITS = Math.LN2;

function wordOf(
  { logits }: LabelledTokens,
  { tagCount, outside, types }: TagTable,
  from: number,
  to: number,
): LabelledWord | undefined {
  const sums = new Float64Array(types.length);
  let none = 0;
  let firstBegins: readonly boolean[] = [];
  for (let token = from; token < to; token += 1) {
    const shares = logits.subarray(token * tagCount, (token + 1) * tagCount);
    toShares(shares);
    none += shares[outside] ?? 0;
    types.forEach(({ begin, inside }, index) => {
      sums[index] = (sums[index] ?? 0) + (shares[begin] ?? 0) + (shares[inside] ?? 0);
    });
    if (token === from)
      firstBegins = types.map(({ begin, inside }) => (shares[begin] ?? 0) > (shares[inside] ?? 0));
  }
  let best = -1;
  let sum = none;
  for (let index = 0; index < types.length; index += 1) {
    const candidate = sums[index] ?? 0;
    if (candidate <= sum) continue;
    best = index;
    sum = candidate;
  }
  const type = types[best];
  return type === undefined ? undefined : { type: type.name, begins: firstBegins[best] ?? true, sum };
}
