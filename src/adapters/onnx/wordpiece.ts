import { isJsonObject, type Json, type JsonObject } from '../../lib/json.js';

/** Splits text into the numbers that a BERT encoder reads. */
export interface WordPiece {
  readonly startId: number;
  readonly endId: number;
  readonly unknownId: number;
  /** Token ids of the text without the special ones, at most `tokensMax` of them. */
  tokenize(text: string, tokensMax: number): number[];
  /** The same tokens, with the stretch of the text that each stands for. */
  tokenizeWithOffsets(text: string, tokensMax: number): TokensInText;
}

/** Tokens and where they stand. Offsets are UTF-16 units of the text as it was given, `ends` not included. */
export interface TokensInText {
  readonly ids: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** True for a token that goes on with the word of the one before. */
  readonly continues: readonly boolean[];
}

/**
 * Reads a `tokenizer.json` of the uncased BERT kind.
 *
 * Own code, because the general library needs 370 ms for one page of long words that the vocabulary does not know, and
 * a client can send such pages: here no candidate is longer than the longest known piece. The ids equal those of the
 * Python tokenizers with `encode_special_tokens`, which the tests hold over a fixture: text of a client that reads
 * `[SEP]` stays text.
 *
 * @throws Error when the file describes another kind of tokenizer
 */
export function readWordPiece(tokenizer: Json): WordPiece {
  const vocabulary = readVocabulary(tokenizer);
  const unknownId = idOf(vocabulary, '[UNK]');
  const pieces = indexPieces(vocabulary);
  return {
    startId: idOf(vocabulary, '[CLS]'),
    endId: idOf(vocabulary, '[SEP]'),
    unknownId,
    tokenize(text, tokensMax) {
      const ids: number[] = [];
      for (const [word] of normalise(text).matchAll(WORD)) {
        if (ids.length >= tokensMax) break;
        if (!pushPieces(word, pieces, ids)) ids.push(unknownId);
      }
      if (ids.length > tokensMax) ids.length = tokensMax;
      return ids;
    },
    tokenizeWithOffsets(text, tokensMax) {
      const tokens = { ids: [] as number[], ...noStretches() };
      const normalised = normalise(text);
      const origin = originOf(text);
      for (const { 0: word, index } of normalised.matchAll(WORD)) {
        if (tokens.ids.length >= tokensMax) break;
        const cuts: number[] = [];
        const known = pushPieces(word, pieces, tokens.ids, cuts);
        if (!known) tokens.ids.push(unknownId);
        pushStretches(index, known ? cuts : [word.length], origin, tokens);
      }
      const { ids, starts, ends, continues } = tokens;
      for (const list of [ids, starts, ends, continues]) list.length = Math.min(list.length, tokensMax);
      return tokens;
    },
  };
}

/** A longer word is one unknown token, as in the original. Unicode characters. */
const WORD_CHARS_MAX = 100;
const CONTINUATION = '##';
/** Beyond this only ASCII letters, digits, punctuation and plain blanks, which need none of the Unicode steps. */
const NOT_PLAIN = /[^\t\n\r\x20-\x7e]/;
/** Control, format, private use and lone surrogates, but not the blanks among them. */
const INVISIBLE = /[\0\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
/** Ideographs stand for words, so each becomes one. Kana, Hangul and Thai are written as runs and stay so. */
const IDEOGRAPH =
  /[\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;
const ACCENT = /\p{Mn}/gu;
/** One punctuation mark, ASCII symbols counted as such, or a run of anything else that is not blank. */
const WORD = /[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~]+/gu;

interface Pieces {
  readonly starts: ReadonlyMap<string, number>;
  readonly continuations: ReadonlyMap<string, number>;
  /** Length of the longest piece. UTF-16 units. */
  readonly longest: number;
}

function readVocabulary(tokenizer: Json): JsonObject {
  const root = isJsonObject(tokenizer) ? tokenizer : {};
  const normalizer = root['normalizer'];
  const model = root['model'];
  const uncasedBert =
    isJsonObject(normalizer) &&
    normalizer['type'] === 'BertNormalizer' &&
    normalizer['lowercase'] === true &&
    normalizer['strip_accents'] !== false &&
    isJsonObject(model) &&
    model['type'] === 'WordPiece' &&
    model['continuing_subword_prefix'] === CONTINUATION &&
    model['max_input_chars_per_word'] === WORD_CHARS_MAX;
  const vocabulary = isJsonObject(model) ? model['vocab'] : undefined;
  if (!uncasedBert || !isJsonObject(vocabulary)) {
    throw new Error(
      'the tokenizer file is not of the uncased BERT WordPiece kind, the only one that is read',
    );
  }
  return vocabulary;
}

function idOf(vocabulary: JsonObject, token: string): number {
  const id = vocabulary[token];
  if (typeof id !== 'number') throw new Error(`the tokenizer's vocabulary has no ${token}`);
  return id;
}

function indexPieces(vocabulary: JsonObject): Pieces {
  const starts = new Map<string, number>();
  const continuations = new Map<string, number>();
  let longest = 0;
  for (const [token, id] of Object.entries(vocabulary)) {
    if (typeof id !== 'number') continue;
    const continues = token.startsWith(CONTINUATION) && token.length > CONTINUATION.length;
    const piece = continues ? token.slice(CONTINUATION.length) : token;
    (continues ? continuations : starts).set(piece, id);
    longest = Math.max(longest, piece.length);
  }
  return { starts, continuations, longest };
}

/** The steps and their order are those of the original; accents go before case, or a dotted capital I keeps its dot. */
function normalise(text: string): string {
  if (!NOT_PLAIN.test(text)) return text.toLowerCase();
  return (
    text
      .replace(INVISIBLE, '')
      .replace(IDEOGRAPH, ' $& ')
      // Loose accents go first as well: ordering thousands of them is the slow part of the decomposition.
      .replace(ACCENT, '')
      .normalize('NFD')
      .replace(ACCENT, '')
      // The original lowers letter by letter and knows no final sigma.
      .replaceAll('Σ', 'σ')
      .toLowerCase()
  );
}

/** For each unit of the normalised text the stretch of the original that it came from; absent where they are equal. */
interface Origin {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Normalises character by character, to see what becomes of each. The text that comes of it is `normalise`'s but for
 * the order of marks on one letter, since no step looks further than that: so its units stand at the same places.
 */
function originOf(text: string): Origin | undefined {
  if (!NOT_PLAIN.test(text)) return undefined;
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const character of text) {
    const end = at + character.length;
    const units = NOT_PLAIN.test(character) ? normalise(character).length : 1;
    for (let unit = 0; unit < units; unit += 1) {
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return { starts, ends };
}

interface Stretches {
  readonly starts: number[];
  readonly ends: number[];
  readonly continues: boolean[];
}

function noStretches(): Stretches {
  return { starts: [], ends: [], continues: [] };
}

/** Where the pieces of one word stand; `cuts` are their ends in the word. */
function pushStretches(
  index: number,
  cuts: readonly number[],
  origin: Origin | undefined,
  into: Stretches,
): void {
  let from = index;
  for (const cut of cuts) {
    const to = index + cut;
    into.starts.push(origin?.starts[from] ?? from);
    into.ends.push(origin?.ends[to - 1] ?? to);
    into.continues.push(from > index);
    from = to;
  }
}

/**
 * Longest known piece first. False, and nothing added, when some part of the word is not in the vocabulary. `cuts`
 * takes the end of each piece in the word.
 */
function pushPieces(word: string, pieces: Pieces, ids: number[], cuts?: number[]): boolean {
  if (word.length > WORD_CHARS_MAX && [...word].length > WORD_CHARS_MAX) return false;
  const before = ids.length;
  let start = 0;
  while (start < word.length) {
    const known = start === 0 ? pieces.starts : pieces.continuations;
    let end = Math.min(word.length, start + pieces.longest);
    let id = known.get(word.slice(start, end));
    while (id === undefined && end > start + 1) {
      end -= 1;
      id = known.get(word.slice(start, end));
    }
    if (id === undefined) {
      ids.length = before;
      return false;
    }
    ids.push(id);
    cuts?.push(end);
    start = end;
  }
  return true;
}
