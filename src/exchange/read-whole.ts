import { SextantError } from '../lib/sextant-error.js';
import type { Passage, PromptView, WholeReading } from '../signals/contract.js';
import { passagesOf } from '../signals/passages.js';
import { unreadChars } from '../signals/unread.js';
import type { Embed, Reading, ReadWhole } from './classify.js';
import type { Inquiry } from './inquiry.js';
import { type LookingTime, wholeWayMs } from './looking-time.js';
import { timed } from './timed.js';
import { note } from './trail.js';

/** Up to here a text is one window, so that the pass which made its embedding has read it as the guard would. */
const ONE_WINDOW_CHARS_MAX = 1400;

/** What a reading goes by: the pass over the question, and the time for all of it. */
export interface ReadingMeans {
  readonly embed: Embed;
  readonly time: LookingTime;
}

/** One reading of the whole conversation, however many signals ask for it. */
export function readWholeOnce(inquiry: Inquiry, view: PromptView, { embed, time }: ReadingMeans): ReadWhole {
  let reading: Promise<Reading> | undefined;
  return () => {
    reading ??= read(inquiry, view, { embed, time }).then((done) => {
      count(inquiry, done);
      return done;
    });
    return reading;
  };
}

async function read(inquiry: Inquiry, view: PromptView, { embed, time }: ReadingMeans): Promise<Reading> {
  if (inquiry.service.encoder.heads === undefined) return { whole: undefined, failure: undefined };
  const passages = passagesOf(view);
  if (passages.length === 0) return { whole: { windows: [], unread: [] }, failure: undefined };
  const [first] = passages;
  if (passages.length === 1 && first?.text === view.ask && first.text.length <= ONE_WINDOW_CHARS_MAX) {
    return (await readByQuestion(first, embed)) ?? readByWindows(inquiry, passages, time);
  }
  return readByWindows(inquiry, passages, time);
}

/** A short question that stands alone is read already once it is encoded; undefined when the pass left text out. */
async function readByQuestion({ text }: Passage, embed: Embed): Promise<Reading | undefined> {
  const embedded = await embed();
  if (!embedded.ok) return { whole: nothingOf([text]), failure: embedded.error };
  const { heads, truncated } = embedded.value;
  if (heads === undefined || truncated) return undefined;
  const window = { passage: 0, start: 0, end: text.length, heads };
  return { whole: { windows: [window], unread: [] }, failure: undefined };
}

/** Reads texts that others may not have read; what it reads counts like theirs. */
export async function readPassages(
  inquiry: Inquiry,
  passages: readonly Passage[],
  time: LookingTime,
): Promise<Reading> {
  const done = await readByWindows(inquiry, passages, time);
  const { ledger } = inquiry;
  ledger.windows = (ledger.windows ?? 0) + (done.whole?.windows.length ?? 0);
  return done;
}

async function readByWindows(
  inquiry: Inquiry,
  passages: readonly Passage[],
  time: LookingTime,
): Promise<Reading> {
  const { service, policy } = inquiry;
  // Reading may take longer than Envoy waits for a message.
  inquiry.askForTime(wholeWayMs(inquiry));
  try {
    const whole = await time.spend(() =>
      timed(inquiry, 'read', () => {
        const budget = { windowsMax: policy.reading.windowsMax, deadlineMs: time.leftMs() };
        return service.reader.readWhole(passages, budget);
      }),
    );
    return { whole, failure: whole.windows.length > 0 ? undefined : tooLate() };
  } catch (cause) {
    const failure = new SextantError('internal_error', 'The conversation could not be read.', { cause });
    return { whole: nothingOf(passages.map(({ text }) => text)), failure };
  }
}

function nothingOf(texts: readonly string[]): WholeReading {
  const unread = texts.map((text, passage) => ({ passage, start: 0, end: text.length, scanned: 0 }));
  return { windows: [], unread };
}

function tooLate(): SextantError {
  return new SextantError(
    'deadline_exceeded',
    'The conversation could not be read in time to check it. Try again later.',
  );
}

function count(inquiry: Inquiry, { whole }: Reading): void {
  if (whole === undefined) return;
  const { ledger } = inquiry;
  note(inquiry, { whole });
  ledger.windows = whole.windows.length;
  ledger.unreadChars = Math.max(ledger.unreadChars ?? 0, unreadChars(whole));
}
