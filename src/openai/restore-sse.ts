import type { Json } from '../lib/json.js';
import { decodeUtf8 } from '../lib/utf8.js';
import { ChunkRestorer } from './restore-chunk.js';
import { type AnswerRestorer, bytesOf, type Restoring } from './restoring.js';

/** A longer line goes on as it is. Characters. */
const LINE_CHARS_MAX = 4 * 1024 * 1024;
const DATA = 'data:';

/**
 * Restores a stream of events. Chunks of JSON stand on a line of their own each; only what changes in them is written
 * anew, and every other line goes on as it came. Where a text ends in what was held back, an event more says so.
 */
export function createSseRestorer(options: Restoring): AnswerRestorer {
  const chunks = new ChunkRestorer(options);
  /** The bytes of a line that has not ended, one unit for each. */
  let open = '';
  /** Whether the line became too long to be looked at. */
  let isPassing = false;
  return {
    push(piece) {
      let out = '';
      const text = Buffer.from(piece).toString('latin1');
      for (let at = 0; at < text.length; ) {
        const end = lineEnd(text, at);
        const isWhole = end > at && isBreak(text.charCodeAt(end - 1));
        open += text.slice(at, end);
        at = end;
        if (isWhole) out += isPassing ? open : restored(open);
        else if (isPassing || open.length > LINE_CHARS_MAX) out += open;
        else break;
        open = '';
        isPassing = !isWhole;
      }
      return Buffer.from(out, 'latin1');
    },
    finish() {
      // Behind a line that was cut nothing can be said any more.
      const rest = open === '' ? bytesOf(events(chunks.finish())) : isPassing ? open : restored(open);
      open = '';
      return Buffer.from(rest, 'latin1');
    },
  };

  function restored(line: string): string {
    if (!line.startsWith(DATA)) return line;
    const text = decodeUtf8(Buffer.from(line, 'latin1'));
    if (text === undefined) return line;
    const payload = text.slice(DATA.length);
    if (payload.trim() === '[DONE]') return bytesOf(events(chunks.finish())) + line;
    const change = chunks.restore(payload);
    if (change === undefined) return line;
    return bytesOf(`${events(change.before)}${DATA}${change.payload}`);
  }
}

function events(chunks: readonly Json[]): string {
  return chunks.map((chunk) => `${DATA} ${JSON.stringify(chunk)}\n\n`).join('');
}

/** The place behind the next line break, which is one unit: what follows in CR LF is a line of its own, and empty. */
function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBreak(text.charCodeAt(at))) at += 1;
  return Math.min(text.length, at + 1);
}

function isBreak(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d;
}
