import { matchNumbers } from './numbers.js';
import { type Reading, stemOf, type Token } from './tokens.js';
import { wordSet } from './word-list.js';

/**
 * True when the texts are about different named things: one names a member of a family (a weekday, a country, a
 * language, a database) where the other names another, or holds a capitalised name that the other does not know.
 */
export function namesDiffer(one: Reading, other: Reading): boolean {
  return membersDiffer(one, other) || countUnsharedNames(one, other) + countUnsharedNames(other, one) > 0;
}

/** One name for all spellings of a thing that a family lists: `js` is `javascript`. Undefined for any other word. */
export function knownNameOf(word: { readonly lower: string; readonly stem: string }): string | undefined {
  const member = MEMBERS.get(word.lower) ?? MEMBERS.get(word.stem);
  return member === undefined || member.needsCapital ? undefined : member.name;
}

/** True when each text names a member of one family that the other does not. */
export function membersDiffer(one: Reading, other: Reading): boolean {
  const { ourTokens, theirTokens } = matchNumbers(one, other);
  const ours = membersOf(one, ourTokens);
  const theirs = membersOf(other, theirTokens);
  for (const [family, mine] of ours) {
    const yours = theirs.get(family);
    if (yours === undefined) continue;
    const onlyMine = [...mine].some((member) => !yours.has(member));
    if (onlyMine && [...yours].some((member) => !mine.has(member))) return true;
  }
  return false;
}

function membersOf(reading: Reading, numbers: ReadonlySet<number>): ReadonlyMap<number, ReadonlySet<string>> {
  const members = new Map<number, Set<string>>();
  for (const [index, token] of reading.tokens.entries()) {
    // The month of a date has been compared with it.
    if (numbers.has(index)) continue;
    const found = MEMBERS.get(token.lower) ?? MEMBERS.get(token.stem);
    if (found === undefined || (found.needsCapital && !isCapitalised(token))) continue;
    const family = members.get(found.family) ?? new Set();
    members.set(found.family, family.add(found.name));
  }
  return members;
}

/** How many of one text's capitalised names the other does not know. */
export function countUnsharedNames(from: Reading, to: Reading): number {
  if (isShouted(from)) return 0;
  const { ourTokens } = matchNumbers(from, to);
  return from.tokens.filter((_, index) => !ourTokens.has(index) && isUnsharedName(from, index, to)).length;
}

function isUnsharedName(from: Reading, index: number, to: Reading): boolean {
  const token = from.tokens[index];
  if (token === undefined || !isNameAt(from.tokens, index) || to.stems.has(token.stem)) return false;
  const alias = MEMBERS.get(token.lower)?.name;
  const isKnown = alias !== undefined && to.tokens.some((word) => MEMBERS.get(word.lower)?.name === alias);
  return !isKnown && !isShortened(token, to) && !isSpelledOut(from.tokens, index, to);
}

/** A capital at the beginning of a sentence says nothing; `I` neither. */
function isNameAt(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (token === undefined || !isCapitalised(token) || token.raw.length < 2 || NOT_NAMES.has(token.lower))
    return false;
  const opensSentence = index === 0 || /[.?!:;\n•"“*-]/.test(token.before);
  return !opensSentence || /^\p{Lu}{2,}$/u.test(token.raw);
}

function isCapitalised(token: Token): boolean {
  return /^\p{Lu}/u.test(token.raw);
}

/** Where most words carry a capital, it marks no names. */
function isShouted(reading: Reading): boolean {
  const capitals = reading.tokens.filter((token) => isCapitalised(token)).length;
  return capitals > 3 && capitals > 0.6 * reading.tokens.length;
}

/** `NASA` in one text, the words that it shortens in the other. */
function isShortened(token: Token, to: Reading): boolean {
  if (!/^\p{Lu}{2,6}s?$/u.test(token.raw)) return false;
  const letters = token.raw.replace(/s$/, '').toLowerCase();
  return initialsOf(to.tokens).includes(letters);
}

/** `United States` in one text, `US` in the other. */
function isSpelledOut(tokens: readonly Token[], index: number, to: Reading): boolean {
  const initials = initialsOf(tokens);
  return to.tokens.some((word) => {
    if (!/^\p{Lu}{2,6}$/u.test(word.raw)) return false;
    const start = initials.indexOf(word.lower, Math.max(0, index - word.lower.length + 1));
    return start !== -1 && start <= index;
  });
}

function initialsOf(tokens: readonly Token[]): string {
  return tokens.map((token) => token.lower.slice(0, 1)).join('');
}

const NOT_NAMES = wordSet(`
  ok okay please hi hello hey thanks english mr mrs ms dr the what who where when why how which and or if is are do
  does can could should would write explain give tell list describe summarize translate faq asap fyi earth internet
  web not`);

interface Member {
  readonly family: number;
  readonly name: string;
  /** True for names that are also plain words: `may`, `go`, `turkey`. */
  readonly needsCapital: boolean;
}

/** Each line is a family whose members exclude one another; `=` joins names of one member, `^` asks for a capital. */
const FAMILIES = `
  monday tuesday=tue wednesday thursday=thu friday=fri saturday sunday weekday weekend
  january=jan february=feb ^march april=apr ^may june=jun july=jul august=aug september=sep=sept october=oct november=nov december=dec
  spring summer autumn winter
  yesterday today=tonight tomorrow
  red orange yellow green blue purple violet pink brown black white gray=grey
  mercury venus earth mars jupiter saturn uranus neptune pluto ^moon ^sun
  paris berlin madrid rome lisbon brussels vienna warsaw stockholm oslo copenhagen helsinki dublin london athens moscow kyiv prague budapest ottawa beijing tokyo seoul delhi bangkok sydney cairo boston chicago seattle toronto mumbai shanghai
  africa=african asia=asian europe=european antarctica australia=australian
  france=french germany=german spain=spanish italy=italian portugal=portuguese netherlands=dutch=holland belgium=belgian switzerland=swiss austria=austrian poland=polish sweden=swedish norway=norwegian denmark=danish finland=finnish ireland=irish scotland=scottish wales=welsh england=english=britain=british=uk greece=greek ^turkey=turkish russia=russian ukraine=ukrainian czech hungary=hungarian romania=romanian bulgaria=bulgarian croatia=croatian serbia=serbian iceland=icelandic usa=american=america=^us canada=canadian mexico=mexican brazil=brazilian argentina=argentinian chile=chilean peru=peruvian colombia=colombian venezuela cuba=cuban ^china=chinese japan=japanese korea=korean india=indian pakistan=pakistani bangladesh nepal thailand=thai vietnam=vietnamese indonesia=indonesian malaysia=malaysian philippines=filipino singapore taiwan=taiwanese australia=australian zealand egypt=egyptian nigeria=nigerian kenya=kenyan ethiopia=ethiopian ghana morocco=moroccan israel=israeli iran=iranian iraq=iraqi saudi syria=syrian
  python=py java javascript=js typescript=ts rust golang=^go ruby php kotlin ^swift scala perl haskell elixir erlang clojure lua matlab cobol fortran ^dart ^julia bash powershell
  windows macos=mac=osx linux ubuntu debian fedora centos android ios iphone ipad
  mysql postgresql=postgres sqlite oracle mongodb=mongo redis cassandra mariadb dynamodb milvus pinecone
  aws=amazon azure=microsoft gcp=google
  react angular vue svelte
  django flask fastapi rails laravel spring express
  tensorflow pytorch=torch keras jax
  chrome firefox safari ^edge opera
  docker podman kubernetes=k8s nomad
  excel ^word powerpoint ^outlook onenote
  facebook instagram twitter tiktok linkedin snapchat whatsapp youtube reddit
  json yaml=yml xml csv toml html markdown pdf
  http https ftp ssh smtp imap
  tcp udp
  cat=kitten dog=puppy horse cow pig sheep goat chicken duck rabbit hamster bird fish snake lion tiger bear wolf fox elephant whale shark
  gold silver copper iron steel aluminum=aluminium lead zinc tin nickel titanium platinum bronze brass
  hydrogen helium lithium carbon nitrogen oxygen fluorine neon sodium chlorine potassium calcium uranium
  apple banana orange grape strawberry blueberry mango pineapple lemon lime cherry pear
  coffee tea beer wine milk juice whiskey vodka
  beef pork lamb turkey chicken fish tofu
  rice pasta bread potato
  breakfast lunch dinner
  football=soccer basketball baseball tennis golf cricket rugby hockey volleyball
  guitar piano violin drums flute
  heart lung liver kidney brain stomach skin
  symptom treatment cause prevention=prevent diagnosis=diagnose cure
  circle square triangle rectangle sphere cube cylinder cone pyramid
  area perimeter volume circumference radius diameter
  addition=add subtraction=subtract multiplication=multiply division=divide
  mitosis meiosis
  dna rna
  physics chemistry biology mathematics=math=maths history geography economics philosophy psychology
  plant animal fungus
  atom molecule
  poem story essay song letter email haiku sonnet
  summarize=summary translate=translation
  parent grandparent sibling cousin uncle aunt nephew niece
  christianity=christian islam=muslim=islamic judaism=jewish hinduism=hindu buddhism=buddhist
  google=^alphabet microsoft apple amazon meta=facebook nvidia intel amd tesla netflix openai anthropic
  visa mastercard paypal
  checking savings
  debit credit
  stock bond
  array list tuple dictionary=dict
  string=str integer=int float boolean=bool
  class function method variable
  merge rebase
  staging production
  username=login password email=e-mail phone address`;

const MEMBERS: ReadonlyMap<string, Member> = readFamilies(FAMILIES);

/** A word in two families keeps the first: it then still differs from all others of that one. */
function readFamilies(table: string): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  for (const [family, line] of table.trim().split('\n').entries()) {
    for (const group of line.trim().split(/\s+/)) {
      const spellings = group.split('=');
      const name = `${family}:${spellings[0]?.replace('^', '') ?? ''}`;
      for (const spelling of spellings) {
        const needsCapital = spelling.startsWith('^');
        const word = spelling.replace('^', '');
        for (const form of [word, stemOf(word)]) {
          if (!members.has(form)) members.set(form, { family, name, needsCapital });
        }
      }
    }
  }
  return members;
}
