import type { PersonalDataPolicy } from '../cache/contract.js';
import type { StoreRefusal } from '../cache/may-store.js';
import type { Json } from '../lib/json.js';
import { inTurns, type Steps } from '../lib/turns.js';
import type { Completion } from '../openai/completion.js';
import type { Passage } from '../signals/contract.js';
import { charsIn } from '../signals/passages.js';
import { PersonalDataSearch } from '../signals/pii/search.js';
import { StreetSearch } from '../signals/pii/streets.js';
import { holdsAny } from './keep-personal-out.js';

/** What stands for the outcome while a long answer is searched. */
export const SEARCHING = 'searching';

/** A longer answer is not searched, and not stored. Characters. */
const ANSWER_CHARS_MAX = 4 * 1024 * 1024;

/** Long answers that may be searched at a time; each holds its answer in memory until it is done. */
const SEARCHES_MAX = 64;

let searches = 0;

/**
 * Why an answer may not be kept, as far as personal data goes; undefined when it may. It has reached its client by
 * then. A short one is judged at once; a long one in turns with whatever else the process has to do.
 */
export function searchAnswer(
  completion: Completion,
  policy: PersonalDataPolicy,
): StoreRefusal | undefined | Promise<StoreRefusal | undefined> {
  if (policy.action === 'allow') return undefined;
  const passages = passagesOf(completion);
  if (charsIn(passages) > ANSWER_CHARS_MAX) return 'unsearched';
  const search = new AnswerSearch(passages, policy);
  if (search.isShort) {
    while (search.step());
    return search.refusal();
  }
  return searches >= SEARCHES_MAX ? 'unsearched' : searchInTurns(search);
}

async function searchInTurns(search: AnswerSearch): Promise<StoreRefusal | undefined> {
  searches += 1;
  try {
    await inTurns(search);
    return search.refusal();
  } finally {
    searches -= 1;
  }
}

/** Answers are not read by the token head, which alone knows every address, so streets are searched for besides. */
class AnswerSearch implements Steps {
  readonly isShort: boolean;
  private readonly search: PersonalDataSearch;
  private readonly streets: StreetSearch | undefined;

  constructor(
    passages: readonly Passage[],
    private readonly policy: PersonalDataPolicy,
  ) {
    this.search = new PersonalDataSearch(passages);
    this.streets = policy.types.includes('STREET_ADDRESS') ? new StreetSearch(passages) : undefined;
    this.isShort = this.search.ahead < 2;
  }

  step(): boolean {
    return this.search.step() || this.streets?.step() === true;
  }

  refusal(): StoreRefusal | undefined {
    const holds = this.streets?.found === true || holdsAny(this.search.result(), this.policy);
    return holds ? 'personal-data' : undefined;
  }
}

/** Every text of every choice, whatever its field is called; log probabilities only repeat it in pieces. */
function passagesOf({ object }: Completion): readonly Passage[] {
  const passages: Passage[] = [];
  const collect = (value: Json): void => {
    if (typeof value === 'string') {
      if (value.trim() !== '') passages.push({ text: value, role: 'document' });
    } else if (Array.isArray(value)) {
      for (const item of value as readonly Json[]) collect(item);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) if (name !== 'logprobs') collect(item);
    }
  };
  collect(object['choices'] ?? null);
  return passages;
}
