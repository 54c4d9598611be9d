import type { SextantError } from '../lib/sextant-error.js';
import { inTurns } from '../lib/turns.js';
import { decodeUtf8 } from '../lib/utf8.js';
import { promptTexts } from '../openai/prompt-texts.js';
import type { Secret, Secrets } from '../openai/redact.js';
import { REPEAT_STEP_CHARS, RepeatSearch } from '../openai/repeats.js';
import type { Passage, PromptView, Span, WholeReading } from '../signals/contract.js';
import { passagesOf } from '../signals/passages.js';
import { needsNoHead, type PersonalPolicy } from '../signals/personal-policy.js';
import { type OnFind, PersonalDataSearch } from '../signals/pii/search.js';
import { unreadChars } from '../signals/unread.js';
import type { Readers, Reading } from './classify.js';
import type { Inquiry } from './inquiry.js';
import { type LookingTime, wholeWayMs } from './looking-time.js';
import type { Prompt } from './read-prompt.js';
import { readPassages } from './read-whole.js';
import { timed } from './timed.js';

/** Values that are remembered of one request; one with more is refused. */
export const REDACTED_MAX = 10_000;

/** What a search goes by: what other steps read of the conversation, and the time for all of it. */
export interface LookingMeans {
  readonly view: PromptView;
  readonly readers: Pick<Readers, 'readWhole'>;
  readonly time: LookingTime;
}

/** The personal data of a request, by a policy. */
export interface PersonalFinds {
  /** The body as a text, and what was found in it, in its order; nothing where it need not be changed. */
  readonly body: string;
  readonly secrets: readonly Secrets[];
  /** How many finds there were. */
  readonly count: number;
  /** Canonical types that were found, in alphabetical order. */
  readonly types: readonly string[];
  /** Characters that nobody looked at. */
  readonly unreadChars: number;
  /** Whether it carries a prompt that is no text. */
  readonly unreadable: boolean;
  /** Why nothing at all could be read, although there was something to read. */
  readonly failure: SextantError | undefined;
}

/**
 * Looks through what a request carries to the model. Turns of the operator count only where they are to be changed, since
 * they are the operator's own to show. Types that patterns find
 * cost microseconds; for others the token head reads, where it can from what was read for other signals.
 */
export async function lookForPersonal(
  inquiry: Inquiry,
  prompt: Prompt,
  { policy, means }: { readonly policy: PersonalPolicy; readonly means: LookingMeans },
): Promise<PersonalFinds> {
  const body = decodeUtf8(prompt.body) ?? '';
  const said = promptTexts(body, prompt.request.body);
  const redacts = policy.action === 'redact';
  const texts = said.texts.filter(({ byOperator, text }) => (redacts || !byOperator) && text.trim() !== '');
  const passages = texts.map(({ text }): Passage => ({ text, role: 'prompt' }));
  const reading = needsNoHead(policy) ? undefined : await readWith(inquiry, passages, means);
  const whole = reading?.whole;
  const types = new Set<string>();
  const secrets = texts.map((text) => ({ text, secrets: [] as Secret[] }));
  let count = 0;
  const unsearched = await searchIn(inquiry, passages, {
    whole,
    means,
    onFind: (passage, span) => {
      if (!counts(policy, span)) return;
      types.add(span.type);
      count += 1;
      if (redacts && count <= REDACTED_MAX) secrets[passage]?.secrets.push(span);
    },
  });
  const unread = Math.max(unsearched, whole === undefined ? 0 : unreadChars(whole));
  const { ledger } = inquiry;
  ledger.unreadChars = Math.max(ledger.unreadChars ?? 0, unread);
  return {
    body,
    secrets: redacts ? await withRepeats(secrets, means) : [],
    count,
    types: [...types].sort(),
    unreadChars: unread,
    unreadable: said.unreadable,
    failure: reading?.failure,
  };
}

function counts({ scoreMin }: PersonalPolicy, { type, score }: Span): boolean {
  const least = scoreMin[type];
  return least !== undefined && score >= least;
}

/** A conversation of turns with one text each is what guards read as well: it is then read once for all. */
async function readWith(
  inquiry: Inquiry,
  passages: readonly Passage[],
  { view, readers, time }: LookingMeans,
): Promise<Reading> {
  if (passages.length === 0) return { whole: undefined, failure: undefined };
  const known = passagesOf(view);
  const isKnown =
    passages.length === known.length && passages.every(({ text }, index) => text === known[index]?.text);
  return isKnown ? readers.readWhole() : readPassages(inquiry, passages, time);
}

/** Searches in turns where it is much. Gives the characters that were not searched, because time ran out. */
async function searchIn(
  inquiry: Inquiry,
  passages: readonly Passage[],
  {
    whole,
    means: { time },
    onFind,
  }: { readonly whole: WholeReading | undefined; readonly means: LookingMeans; readonly onFind: OnFind },
): Promise<number> {
  const search = new PersonalDataSearch(passages, whole, onFind);
  if (search.ahead < 2) search.step();
  else {
    inquiry.askForTime(wholeWayMs(inquiry));
    await time.spend(() => timed(inquiry, 'search', () => inTurns(search, () => time.leftMs() > 0)));
  }
  return search.result().unsearchedChars;
}

/** What was found once is taken out wherever it stands. */
async function withRepeats(found: readonly Secrets[], { time }: LookingMeans): Promise<readonly Secrets[]> {
  const repeats = new RepeatSearch(found);
  const chars = found.reduce((sum, { text }) => sum + text.text.length, 0);
  if (chars > REPEAT_STEP_CHARS) await time.spend(() => inTurns(repeats, () => time.leftMs() > 0));
  else while (repeats.step());
  return repeats.result().filter(({ secrets }) => secrets.length > 0);
}
