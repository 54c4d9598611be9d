import { Alphabet } from './alphabet.js';
import { INVISIBLE, kindOf, LOOSE, lettersOf, SPACE, WORD } from './characters.js';
import { buildTrie, type Trie } from './trie.js';

const ROOT = 0;

/**
 * Finds the keywords of a list in one pass over the text, however long the list is (Aho and Corasick, 1975). A keyword
 * that begins or ends with a word character matches whole words there; both sides must be folded the same way.
 */
export class KeywordAutomaton {
  /** For each keyword as given, the slot under which `search` reports it; keywords that read the same share one. */
  readonly slots: readonly number[];
  private readonly alphabet: Alphabet;
  private readonly links: LinkedTrie;
  /** The nearest state, this one included, along the fallbacks where a keyword ends; the root when there is none. */
  private readonly ending: Int32Array;

  /** @throws Error when a keyword has no visible character */
  constructor(keywords: readonly string[]) {
    const letters = keywords.map((keyword) => lettersOf(keyword.trim()));
    const empty = letters.findIndex((word) => word.length === 0);
    if (empty >= 0) throw new Error(`keyword ${empty + 1} has no visible character`);
    this.alphabet = new Alphabet(letters);
    const words = letters.map((word) =>
      word.map((letter) => this.alphabet.symbolOf(letter >> 1, letter & 1)),
    );
    const trie = buildTrie(words, this.alphabet.size);
    this.slots = trie.slots;
    this.links = { ...trie, fallback: new Int32Array(trie.states) };
    this.ending = new Int32Array(trie.states);
    this.link();
  }

  /**
   * The slots of the keywords in `text`, in the order in which they first end there.
   * @param firstOnly stop at the first place where a keyword ends
   */
  search(text: string, firstOnly: boolean): ReadonlySet<number> {
    const found = new Set<number>();
    this.scan(text, (ended) => {
      this.collect(ended, found);
      return firstOnly;
    });
    return found;
  }

  /** How often each keyword occurs, by its slot. Of those that end at one place, only the longest counts. */
  count(text: string): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    this.scan(text, (ended) => {
      const slot = this.links.slotOf[ended] ?? -1;
      counts.set(slot, (counts.get(slot) ?? 0) + 1);
      return false;
    });
    return counts;
  }

  /** Tells each state in which a keyword ends, until the visitor has seen enough. */
  private scan(text: string, visit: (ended: number) => boolean): void {
    const { alphabet, ending, links } = this;
    let state = ROOT;
    let previous = LOOSE;
    // A keyword that has ended counts only once the next character is seen not to go on with its last word.
    let ended = ROOT;
    for (let index = 0; index < text.length; index++) {
      let code = text.charCodeAt(index);
      let kind = kindOf(code);
      // Nothing begins within a word, so that the rest of one is passed over once no keyword is under way.
      while (kind === WORD && previous === WORD && state === ROOT) {
        index += 1;
        if (index === text.length) return;
        code = text.charCodeAt(index);
        kind = kindOf(code);
      }
      if (kind === INVISIBLE || (kind === SPACE && previous === SPACE)) continue;
      const goesOn = kind === WORD && previous === WORD;
      if (ended !== ROOT && !goesOn && visit(ended)) return;
      const begins = kind === WORD && !goesOn ? 1 : 0;
      state = stepFrom(links, state, alphabet.symbolOf(kind === SPACE ? 0x20 : code, begins));
      ended = ending[state] ?? ROOT;
      previous = kind;
    }
    if (ended !== ROOT) visit(ended);
  }

  /** A slot that was found before ends the walk: everything behind it was collected with it. */
  private collect(ending: number, found: Set<number>): void {
    let state = ending;
    while (state !== ROOT) {
      const slot = this.links.slotOf[state] ?? -1;
      if (found.has(slot)) return;
      found.add(slot);
      state = this.ending[this.links.fallback[state] ?? ROOT] ?? ROOT;
    }
  }

  /** Breadth first numbering puts every fallback before the states that need it. */
  private link(): void {
    const { links, ending } = this;
    for (let state = 0; state < links.states; state++) {
      const behind = links.fallback[state] ?? ROOT;
      ending[state] = (links.slotOf[state] ?? -1) >= 0 ? state : (ending[behind] ?? ROOT);
      const end = links.firstChild[state + 1] ?? 0;
      for (let child = links.firstChild[state] ?? 0; child < end; child++) {
        links.fallback[child] = state === ROOT ? ROOT : stepFrom(links, behind, links.symbolInto[child] ?? 0);
      }
    }
  }
}

/** A trie whose states also know where to go on when none of their children fits. */
interface LinkedTrie extends Trie {
  /** The state of the longest proper suffix that is the beginning of a keyword. */
  readonly fallback: Int32Array;
}

/** Above this many children, halving finds one sooner than looking at each. */
const LINEAR_CHILDREN_MAX = 8;

/** The state for the longest beginning of a keyword that the letters so far, and then `symbol`, end with. */
function stepFrom(links: LinkedTrie, from: number, symbol: number): number {
  // A symbol of no keyword leads back to the root from everywhere.
  if (symbol === 0) return ROOT;
  const { firstChild, symbolInto } = links;
  for (let state = from; state !== ROOT; state = links.fallback[state] ?? ROOT) {
    let low = firstChild[state] ?? 0;
    let high = firstChild[state + 1] ?? 0;
    while (high - low > LINEAR_CHILDREN_MAX) {
      const middle = (low + high) >> 1;
      if ((symbolInto[middle] ?? 0) > symbol) high = middle;
      else low = middle;
    }
    while (low < high && symbolInto[low] !== symbol) low += 1;
    if (low < high) return low;
  }
  return links.rootChild[symbol] ?? ROOT;
}
