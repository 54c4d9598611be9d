import { inTurns } from '../lib/turns.js';
import type { PersonalData, PromptView } from '../signals/contract.js';
import { passagesOf } from '../signals/passages.js';
import { PersonalDataSearch } from '../signals/pii/search.js';
import type { ReadWhole, SearchPersonalData } from './classify.js';
import type { Inquiry } from './inquiry.js';
import { type LookingTime, restOfWayMs } from './looking-time.js';
import { timed } from './timed.js';

/** One search for each of the two, however many signals ask for it. */
export function searchOnce(inquiry: Inquiry, view: PromptView, time: LookingTime): SearchPersonalData {
  const once = new SearchOnce(inquiry, view, time);
  return (readWhole) => (readWhole === undefined ? once.byPatterns() : once.joined(readWhole));
}

class SearchOnce {
  readonly #inquiry: Inquiry;
  readonly #time: LookingTime;
  readonly #view: PromptView;
  #search: PersonalDataSearch | undefined;
  #patterns: Promise<PersonalData | undefined> | undefined;
  #joined: Promise<PersonalData | undefined> | undefined;

  constructor(inquiry: Inquiry, view: PromptView, time: LookingTime) {
    this.#inquiry = inquiry;
    this.#view = view;
    this.#time = time;
  }

  byPatterns(): Promise<PersonalData | undefined> {
    this.#patterns ??= this.#searchPatterns();
    return this.#patterns;
  }

  joined(readWhole: ReadWhole): Promise<PersonalData | undefined> {
    this.#joined ??= this.#join(readWhole);
    return this.#joined;
  }

  async #searchPatterns(): Promise<PersonalData | undefined> {
    const search = new PersonalDataSearch(passagesOf(this.#view));
    if (search.ahead < 2) return undefined;
    this.#search = search;
    this.#askForTime();
    await this.#time.spend(() =>
      timed(this.#inquiry, 'search', () => inTurns(search, () => this.#time.leftMs() > 0)),
    );
    return this.#noted(search.result());
  }

  async #join(readWhole: ReadWhole): Promise<PersonalData | undefined> {
    // The threads read while this one searches.
    const [found, { whole }] = await Promise.all([this.byPatterns(), readWhole()]);
    const search = this.#search;
    if (search === undefined || whole === undefined) return found;
    // Late or not: the windows bound it, and what the head found was dear.
    search.joinWith(whole);
    await inTurns(search);
    return this.#noted(search.result());
  }

  /** Envoy gives more time once, and this may come first: a wait for another's answer may follow. */
  #askForTime(): void {
    const { cache } = this.#inquiry.policy;
    this.#inquiry.askForTime((cache.enabled ? cache.maxWaitMs : 0) + restOfWayMs(this.#inquiry));
  }

  #noted(found: PersonalData): PersonalData {
    const { ledger } = this.#inquiry;
    if (found.unsearchedChars > 0)
      ledger.unreadChars = Math.max(ledger.unreadChars ?? 0, found.unsearchedChars);
    return found;
  }
}
