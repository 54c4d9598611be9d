import { SextantError } from '../lib/sextant-error.js';
import type { Passage, PromptView, WholeReading } from '../signals/contract.js';
import { passagesOf } from '../signals/passages.js';
import { unreadChars } from '../signals/unread.js';
import type { Embed, Reading, ReadWhole } from './classify.js';
import type { Inquiry } from './inquiry.js';
import { timed } from './timed.js';

/** Up to here a text is one window, so that the pass which made its embedding has read it as the guard would. */
const ONE_WINDOW_CHARS_MAX = 1400;

/** One reading of the whole conversation, however many signals ask for it. */
export function readWholeOnce(inquiry: Inquiry, view: PromptView, embed: Embed): ReadWhole {
  let reading: Promise<Reading> | undefined;
  return () => {
    reading ??= read(inquiry, view, embed).then((done) => {
      note(inquiry, done);
      return done;
    });
    return reading;
  };
}

async function read(inquiry: Inquiry, view: PromptView, embed: Embed): Promise<Reading> {
  if (inquiry.service.encoder.heads === undefined) return { whole: undefined, failure: undefined };
  const passages = passagesOf(view);
  if (passages.length === 0) return { whole: { windows: [], unread: [] }, failure: undefined };
  const [first] = passages;
  if (passages.length === 1 && first?.text === view.ask && first.text.length <= ONE_WINDOW_CHARS_MAX) {
    return (await readByQuestion(first, embed)) ?? readByWindows(inquiry, passages);
  }
  return readByWindows(inquiry, passages);
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

async function readByWindows(inquiry: Inquiry, passages: readonly Passage[]): Promise<Reading> {
  const { service, policy } = inquiry;
  // Reading may take longer than Envoy waits for a message; the rest of the way needs its time as well.
  inquiry.askForTime(restOfWayMs(inquiry));
  try {
    const whole = await timed(inquiry, 'read', () => service.reader.readWhole(passages, policy.reading));
    return { whole, failure: whole.windows.length > 0 ? undefined : tooLate() };
  } catch (cause) {
    const failure = new SextantError('internal_error', 'The conversation could not be read.', { cause });
    return { whole: nothingOf(passages.map(({ text }) => text)), failure };
  }
}

/** How long the way of a request may take from here on, but for the wait for another's answer. Milliseconds. */
export function restOfWayMs({ policy }: Pick<Inquiry, 'policy'>): number {
  return (policy.readsWhole ? policy.reading.deadlineMs : 0) + policy.encodeDeadlineMs + SPARE_MS;
}

const SPARE_MS = 1000;

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

function note({ ledger }: Inquiry, { whole }: Reading): void {
  if (whole === undefined) return;
  ledger.windows = whole.windows.length;
  ledger.unreadChars = unreadChars(whole);
}
