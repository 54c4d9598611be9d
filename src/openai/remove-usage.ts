import { isJsonObject, parseJson } from '../lib/json.js';
import { decodeUtf8 } from '../lib/utf8.js';
import type { AnswerRestorer } from './restoring.js';

/** The event with the usage has a few hundred; a longer one goes on as it is. Characters. */
const EVENT_CHARS_MAX = 64 * 1024;
const DATA = 'data:';
const BLANK_LINES = ['\n\n', '\r\n\r\n', '\r\r'];
const NOTHING = new Uint8Array(0);

/**
 * Takes the event out of a stream that says the usage and nothing else, for a client that did not ask for it. All other
 * events go on as they came, each once it is whole.
 */
export function createUsageRemover(): AnswerRestorer {
  /** The bytes of an event that has not ended, one unit for each. */
  let open = '';
  return {
    push(piece) {
      const text = open + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
      const end = endOfEvents(text);
      const isTooLong = text.length - end > EVENT_CHARS_MAX;
      const wasOpen = open !== '';
      open = isTooLong ? '' : text.slice(end);
      const whole = isTooLong ? text : text.slice(0, end);
      if (whole === '') return NOTHING;
      const left = whole.includes('"usage"') ? withoutUsage(whole) : whole;
      // The usual piece holds whole events and nothing to take out: it goes on without a copy.
      return !wasOpen && left.length === piece.length ? piece : Buffer.from(left, 'latin1');
    },
    finish() {
      const rest = withoutUsage(open);
      open = '';
      return Buffer.from(rest, 'latin1');
    },
  };
}

/** The place behind the last event that has ended; 0 where none has. */
function endOfEvents(text: string): number {
  return Math.max(
    ...BLANK_LINES.map((blank) => {
      const at = text.lastIndexOf(blank);
      return at < 0 ? 0 : at + blank.length;
    }),
  );
}

function withoutUsage(text: string): string {
  return text
    .split(/(?<=\n\n|\r\n\r\n|\r\r)/)
    .filter((event) => !saysUsageAlone(event))
    .join('');
}

function saysUsageAlone(event: string): boolean {
  const line = event.trim();
  if (!line.startsWith(DATA) || !line.includes('"usage"')) return false;
  const chunk = parseJson(decodeUtf8(Buffer.from(line.slice(DATA.length), 'latin1')) ?? '');
  if (!isJsonObject(chunk) || !isJsonObject(chunk['usage'])) return false;
  const choices = chunk['choices'];
  return Array.isArray(choices) && choices.length === 0;
}

/** Puts one after the other. */
export function bothRestorers(first: AnswerRestorer, second: AnswerRestorer): AnswerRestorer {
  return {
    push: (piece) => second.push(first.push(piece)),
    finish: () => Buffer.concat([second.push(first.finish()), second.finish()]),
  };
}
