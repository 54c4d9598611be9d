import { CHANGING_THINGS, MOMENT_CHARACTERS, MOMENT_WORDS } from './volatile-words.js';

/**
 * Whether the right answer to a question changes by the day, so that a stored one would be wrong tomorrow: it is bound
 * to the moment by a word of time, or asks for what is live (weather, prices, scores, who holds an office).
 *
 * Words of time also stand in texts that are to be worked on, in names and in code, where they bind nothing. Those are
 * left alone as far as their form gives them away. What is taken for volatile by mistake is only not cached.
 */
export function isVolatile(ask: string): boolean {
  const text = asked(ask);
  if (WORKS_ON_TEXT.test(text)) return false;
  if (LIVE.some((pattern) => pattern.test(text))) return true;
  if (IN_CODE.test(text)) return false;
  const bound = text.replace(TIMELESS, ' ');
  return MOMENT.test(bound) || MOMENT_CHARACTERS.some((word) => bound.includes(word));
}

/** Of a long text, begin and end say what is wanted; the rest is what it is about. UTF-16 units. */
const WHOLE_CHARS_MAX = 1200;
const EDGE_CHARS = 400;

/** The question in lower case, without what it quotes. */
function asked(ask: string): string {
  const edges =
    ask.length <= WHOLE_CHARS_MAX ? ask : `${ask.slice(0, EDGE_CHARS)}\n${ask.slice(-EDGE_CHARS)}`;
  return edges.toLowerCase().replace(APOSTROPHES, "'").replace(QUOTED, ' ').replace(/\s+/g, ' ');
}

const APOSTROPHES = /[‘’ʼ]/g;
const QUOTED =
  /```[^`]*(?:```|$)|`[^`\n]*`|"[^"\n]*"|“[^”\n]*”|«[^»\n]*»|(?<![\p{L}\p{N}])'[^'\n]{2,}'(?![\p{L}\p{N}])/gu;

/** Tasks whose outcome hangs on the text they name alone, and questions about words. */
const WORKS_ON_TEXT = new RegExp(
  [
    '^(?:please |can you |could you |kindly )*(?:translate|paraphrase|rewrite|rephrase|proofread|correct|summari[sz]e|conjugate|spell|shorten|edit|classify|extract)\\b',
    '^(?:please |can you |could you )*(?:write|compose|create|make up|tell me) (?:me )?(?:an? |some )?(?:\\p{L}+ ){0,3}(?:poem|haiku|story|song|joke|rap|limerick|dialogue|scene|slogan|motto)\\b',
    '^(?:fix|check|improve) (?:the |my )?(?:grammar|spelling|text|sentence)',
    '\\b(?:meaning|definition|synonyms?|antonyms?|etymology|past tense|plural|pronunciation) (?:of|for)\\b',
    '^(?:define|what does .{1,80} mean\\b)',
    '\\bhow (?:do|would|can) (?:you|i|we) (?:say|spell|pronounce)\\b',
    '\\bin a sentence\\b',
    '^(?:übersetze|traduis|traduire|traduce|traduzca|traduci|traduz|traduza|vertaal|przetłumacz|переведи|翻译|翻訳)',
  ].join('|'),
  'u',
);

const THINGS = CHANGING_THINGS.join('|');

/** What is live by its nature, and `latest` or `current` beside what changes. */
const LIVE: readonly RegExp[] = [
  /\b(?:what|how|show|tell|check|get|give)\b.{0,20}\b(?:weather|forecast)\b.{0,12}\b(?:in|for|at|like|near|here|outside|going)\b/u,
  /\b(?:weather|forecast) (?:for|in) \p{L}+\s*\??$/u,
  /\bwill it (?:rain|snow|be (?:sunny|cold|hot|warm|windy))\b|\bis it (?:raining|snowing|sunny|cold|hot|windy) (?:in|outside|there|right|now)/u,
  /\bdo i need an? (?:umbrella|coat|jacket)\b/u,
  /\bwhat(?:'s| is) the (?:local )?(?:time|date)(?:\?|$| (?:in|now|it)\b(?! (?:python|java|javascript|sql|bash|excel|c|go|rust|php|ruby|complexity)))/u,
  /\bwhat (?:time|day|date|year|month) is it\b/u,
  /\b(?:price|value|cost|worth) of (?:an? |one |the )?(?:bitcoin|btc|ethereum|eth|dogecoin|solana|gold|silver|oil|crude|brent|gas|petrol|gasoline|diesel|copper|wheat)\b/u,
  /\b(?:bitcoin|btc|ethereum|gold|silver|oil|gas|petrol) prices?\b(?!.{0,20}\b(?:theory|mechanism|formed|determined|set)\b)/u,
  /\bhow much (?:is|are|does) (?:an? |one |the )?(?:bitcoin|btc|ethereum|gold|silver|\p{L}+ (?:stock|shares?))\b/u,
  /\bwhat(?:'s| is)\b.{0,30}\b(?:stock|share) price\b(?! (?:mean|and))(?<!\b(?:is|'s) an? (?:stock|share) price)/u,
  /\bexchange rate (?:of|for|between|from|today|now)\b/u,
  /\bhow (?:many|much) (?:\p{L}+ )?(?:is|are|in) (?:an? |one |\d+ )?(?:dollars?|euros?|pounds?|yen|usd|eur|gbp|jpy)\b.{0,12}\b(?:in|to|for|is)\b/u,
  /\bwhat(?:'s| is) the (?:\p{L}+ ){0,3}score\b(?! (?:of|on|for) an?\b)/u,
  /\bwho(?:'s| is) (?:winning|leading|playing|in the lead)\b/u,
  /\bhow many (?:days|weeks|months|hours) (?:until|till|to|before|left|since|are left)\b/u,
  /\bhow long (?:until|till) \p{L}/u,
  /\b(?:flight|train|parcel|order|server|service) status\b(?! codes?\b)/u,
  /\b(?:is|are) .{1,40}\b(?:open|closed|available|in stock|online|down|up|live|working|delayed) (?:right )?now\b/u,
  /\bwhat(?:'s| is| are)? (?:happening|going on|trending|new|on tv|playing)\b(?! (?:in|with) (?:the |this |my )?(?:code|function|query|poem|story|paragraph|passage|picture|following))/u,
  /\b(?:breaking|latest|recent|local|world|top) (?:news|headlines)\b/u,
  new RegExp(
    `\\b(?:what|who|which|when|whats|who's|what's|tell|show|give|any)\\b.{0,40}\\b(?:latest|newest|most recent|current) (?:\\p{L}+ ){0,2}(?:${THINGS})\\b(?!.{0,30}\\bin (?:python|java|javascript|typescript|sql|bash|excel|php|ruby|go|rust|c)\\b)`,
    'u',
  ),
  /\b(?:latest|newest|most recent) (?:iphone|android|ios|macos|windows|gpt|chatgpt|claude|gemini|llama|tesla|playstation|xbox|python|node|java|ubuntu|react|kubernetes)\b/u,
];

/** Where a word of time is a name in a program, or a value that the program computes. */
const IN_CODE =
  /\b(?:python|javascript|typescript|java|c\+\+|c#|rust|golang|kotlin|swift|php|ruby|perl|bash|shell|powershell|sql|mysql|postgres(?:ql)?|sqlite|mongodb|excel|google sheets|spreadsheet|pandas|datetime|timestamp|regex|css|html|jquery|react|cron|crontab|git|linux|unix|command line|function|variable|query|formula|api|date format)\b|\w\(\)|=>|[{};]\s*$/u;

/** Phrases in which a word of time binds nothing: the age in general, and names. */
const TIMELESS =
  /\b(?:in )?today's (?:world|society|age|youth|culture|economy|standards|terms|money|generation|date format)\b|\b(?:still|even|as we know it|known|used|spoken|relevant|important|exist|exists|seen|practiced|celebrated) (?:\p{L}+ ){0,3}today\b|\b(?:song|film|movie|album|novel|book) (?:called )?(?:yesterday|tomorrow|today)\b|\b(?:yesterday|tomorrow|today) by the\b|\bday after tomorrow\b(?= (?:film|movie))|\busa today\b|\bguten morgen\b/gu;

const PERIODS =
  'morning|afternoon|evening|week|weekend|month|year|quarter|season|monday|tuesday|wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|fall|winter';

const MOMENT = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${MOMENT_WORDS.join('|')}|(?:this|last|next|coming) (?:${PERIODS})|last night|upcoming|now\\?)(?![\\p{L}\\p{N}])|\\bnow\\?|\\b(?:is|are) .{1,40} now$`,
  'u',
);
