/** Bounds of the lengths, in tokens, that may share a pass; longer texts have one of their own. */
const BUCKETS = [16, 32, 64, 128, 256];
/** Beyond so many tokens, padding counted, a pass gains nothing by another text. */
const PASS_TOKENS_MAX = 512;
const PASS_TEXTS_MAX = 8;
/** English text has about so many characters in a token. */
const CHARS_PER_TOKEN = 4;

/** The bucket of a text by its length alone, for before it is tokenised; undefined when it is too long for any. */
export function bucketOfChars(chars: number): number | undefined {
  return bucketOf(Math.ceil(chars / CHARS_PER_TOKEN) + 2);
}

/** How many texts of a bucket may share a pass. */
export function textsPerPass(bucket: number | undefined): number {
  return bucket === undefined ? 1 : Math.min(PASS_TEXTS_MAX, Math.floor(PASS_TOKENS_MAX / bucket));
}

/** Groups whose texts share a pass, by their true lengths in tokens. */
export function groupByLength<T>(
  texts: readonly T[],
  lengthOf: (text: T) => number,
): readonly (readonly T[])[] {
  const groups: T[][] = [];
  const open = new Map<number, T[]>();
  for (const text of texts) {
    const bucket = bucketOf(lengthOf(text));
    let group = bucket === undefined ? undefined : open.get(bucket);
    if (group === undefined || group.length >= textsPerPass(bucket)) {
      group = [];
      groups.push(group);
      if (bucket !== undefined) open.set(bucket, group);
    }
    group.push(text);
  }
  return groups;
}

function bucketOf(tokens: number): number | undefined {
  return BUCKETS.find((bound) => tokens <= bound);
}
