import { inTurns } from '../lib/turns.js';
import type { Passage, PersonalData, PromptView } from '../signals/contract.js';
import { passagesOf } from '../signals/passages.js';
import { PersonalDataSearch, searchAll } from '../signals/pii/search.js';
import type { ReadWhole, SearchPersonalData } from './classify.js';
import type { Inquiry } from './inquiry.js';
import { type LookingTime, wholeWayMs } from './looking-time.js';
import { timed } from './timed.js';
import { note } from './trail.js';

/** One search for each of the two, however many signals ask for it. */
export function searchOnce(inquiry: Inquiry, view: PromptView, time: LookingTime): SearchPersonalData {
  let once: SearchOnce | undefined;
  return (readWhole) => {
    once ??= new SearchOnce(inquiry, view, time);
    return readWhole === undefined ? once.byPatterns() : once.joined(readWhole);
  };
}

class SearchOnce {
  readonly #inquiry: Inquiry;
  readonly #time: LookingTime;
  readonly #passages: readonly Passage[];
  readonly #search: PersonalDataSearch;
  readonly #isShort: boolean;
  #patterns: Promise<PersonalData> | undefined;
  #joined: Promise<PersonalData> | undefined;

  constructor(inquiry: Inquiry, view: PromptView, time: LookingTime) {
    this.#inquiry = inquiry;
    this.#time = time;
    this.#passages = passagesOf(view);
    this.#search = new PersonalDataSearch(this.#passages);
    this.#isShort = this.#search.ahead < 2;
  }

  byPatterns(): Promise<PersonalData> {
    this.#patterns ??= this.#searchPatterns();
    return this.#patterns;
  }

  joined(readWhole: ReadWhole): Promise<PersonalData> {
    this.#joined ??= this.#join(readWhole);
    return this.#joined;
  }

  async #searchPatterns(): Promise<PersonalData> {
    if (this.#isShort) return this.#noted(searchAll(this.#passages, undefined));
    this.#askForTime();
    await this.#time.spend(() =>
      timed(this.#inquiry, 'search', () => inTurns(this.#search, () => this.#time.leftMs() > 0)),
    );
    return this.#noted(this.#search.result());
  }

  async #join(readWhole: ReadWhole): Promise<PersonalData> {
    if (this.#isShort) return this.#noted(searchAll(this.#passages, (await readWhole()).whole));
    // The threads read while this one searches.
    const [found, { whole }] = await Promise.all([this.byPatterns(), readWhole()]);
    if (whole === undefined) return found;
    // Late or not: the windows bound it, and what the head found was dear.
    this.#search.joinWith(whole);
    await inTurns(this.#search);
    return this.#noted(this.#search.result());
  }

  /** Envoy gives more time once, and this may come first: a wait for another's answer may follow. */
  #askForTime(): void {
    this.#inquiry.askForTime(wholeWayMs(this.#inquiry));
  }

  #noted(found: PersonalData): PersonalData {
    const { ledger } = this.#inquiry;
    note(this.#inquiry, { personal: found });
    if (found.unsearchedChars > 0)
      ledger.unreadChars = Math.max(ledger.unreadChars ?? 0, found.unsearchedChars);
    return found;
  }
}
