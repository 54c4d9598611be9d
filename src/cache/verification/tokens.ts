/** One word or number of a text, with the characters around it. */
export interface Token {
  /** As it was written. */
  readonly raw: string;
  /** Lower case, without contraction: `don't` is two tokens, `do` and `not`. */
  readonly lower: string;
  /** `lower` without its inflection, so that `source` and `sources` are equal. Not always a word. */
  readonly stem: string;
  readonly isNumber: boolean;
  /** What stands between the token before and this one, or after this one up to the next. */
  readonly before: string;
  readonly after: string;
}

/** A text read once, for all the checks that compare it with another. */
export interface Reading {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly stems: ReadonlySet<string>;
}

/** Words and numbers; the pattern has one way to match at each place, so reading is linear. */
const TOKEN = /\p{L}[\p{L}\p{M}]*(?:['’]\p{L}+)*|\d+(?:[.,]\d+)*|[½¼¾⅓⅔]/gu;

export function readText(text: string): Reading {
  const matches = [...text.matchAll(TOKEN)];
  const tokens: Token[] = [];
  for (const [index, match] of matches.entries()) {
    const raw = match[0];
    const previous = matches[index - 1];
    const beforeStart = previous === undefined ? 0 : previous.index + previous[0].length;
    const before = text.slice(beforeStart, match.index);
    const after = text.slice(match.index + raw.length, matches[index + 1]?.index ?? text.length);
    const isNumber = !/^\p{L}/u.test(raw);
    for (const lower of isNumber ? [raw] : spellOut(raw)) {
      tokens.push({ raw, lower, stem: isNumber ? raw : stemOf(lower), isNumber, before, after });
    }
  }
  return { text, tokens, stems: new Set(tokens.map((token) => token.stem)) };
}

/** Cuts inflection off an English word. Crude on purpose: it only has to be the same crude for both texts. */
export function stemOf(word: string): string {
  const known = IRREGULAR.get(word);
  if (known !== undefined) return known;
  if (word.length <= 3) return word;
  let stem = word;
  if (stem.endsWith('ies') && stem.length > 4) stem = `${stem.slice(0, -3)}y`;
  else if (/(?:[sxz]|[cs]h)es$/.test(stem)) stem = stem.slice(0, -2);
  else if (/[^siu]s$/.test(stem)) stem = stem.slice(0, -1);
  if (stem.endsWith('ied')) stem = `${stem.slice(0, -3)}y`;
  else if (stem.endsWith('ing') && stem.length >= 6) stem = single(stem.slice(0, -3));
  else if (stem.endsWith('ed') && stem.length >= 5) stem = single(stem.slice(0, -2));
  else if (stem.endsWith('ly') && stem.length >= 6) stem = stem.slice(0, -2);
  if (stem.endsWith('our') && stem.length >= 5) stem = `${stem.slice(0, -3)}or`;
  if (stem.endsWith('e') && stem.length >= 4) stem = stem.slice(0, -1);
  // British and American spellings of one word.
  if (stem.endsWith('is') && stem.length >= 6) stem = `${stem.slice(0, -1)}z`;
  return stem;
}

/** `stopped` is `stop` with its last letter doubled; `install` keeps both of its own. */
function single(stem: string): string {
  return /([bdgmnprt])\1$/.test(stem) ? stem.slice(0, -1) : stem;
}

/** The words that a contraction stands for. What follows an apostrophe otherwise says nothing about meaning. */
function spellOut(raw: string): string[] {
  const lower = raw.toLowerCase().replaceAll('’', "'");
  const bare = lower.replaceAll("'", '');
  const base = NEGATED.get(bare);
  if (base !== undefined && (lower.includes("'") || !AMBIGUOUS_WITHOUT_APOSTROPHE.has(bare)))
    return [base, 'not'];
  const apostrophe = lower.indexOf("'");
  return [apostrophe === -1 ? lower : lower.slice(0, apostrophe)];
}

const NEGATED: ReadonlyMap<string, string> = new Map(
  (
    'cant:can cannot:can wont:will shant:shall dont:do doesnt:do didnt:did isnt:is arent:are wasnt:was werent:were ' +
    'hasnt:has havent:have hadnt:had wouldnt:would shouldnt:should couldnt:could mustnt:must neednt:need aint:is'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/** Words of their own right when they are written without an apostrophe. */
const AMBIGUOUS_WITHOUT_APOSTROPHE: ReadonlySet<string> = new Set(['cant', 'wont', 'shant']);

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  (
    'bought:buy sold:sell sent:send won:win lost:los took:tak taken:tak gave:giv given:giv began:begin begun:begin ' +
    'rose:ris risen:ris fell:fall fallen:fall grew:grow grown:grow made:mak making:mak used:use using:use uses:use ' +
    'wrote:writ written:writ writing:writ built:build ran:run found:find paid:pay kept:keep left:left held:hold ' +
    'men:man women:woman children:child people:person mice:mouse centre:center centres:center died:die dying:die ' +
    'dead:die death:die deaths:die born:birth theatre:theater metre:meter metres:meter litre:liter litres:liter ' +
    'data:data analyses:analysis causes:caus caused:caus'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);
