import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSseReader, type SseEvent } from '../../src/openai/sse.js';
import { cutAt } from '../support/completions.js';

function read(pieces: readonly Uint8Array[]): { events: SseEvent[]; fault: string | undefined } {
  const events: SseEvent[] = [];
  const reader = createSseReader({ eventCharsMax: 100_000, onEvent: (event) => events.push(event) });
  for (const piece of pieces) reader.push(piece);
  return { events, fault: reader.finish() };
}

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const text = fc
  .array(fc.constantFrom('a', ' ', ':', '漢', '🙂', 'é', '{"x":1}', '[DONE]', 'data', '\u2028'), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));
const line = fc.oneof(
  { weight: 5, arbitrary: text.map((value) => `data: ${value}`) },
  text.map((value) => `data:${value}`),
  text.map((value) => `: ${value}`),
  fc.constantFrom(
    'data',
    'event: error',
    'event:',
    'id: 7',
    'retry: 5',
    'retry: x',
    'unknown: y',
    'no colon',
  ),
  { weight: 4, arbitrary: fc.constant('') },
);
const wire = fc
  .tuple(fc.constantFrom('', '\ufeff'), fc.array(fc.tuple(line, lineEnd), { maxLength: 25 }), text)
  .map(([mark, lines, rest]) => Buffer.from(mark + lines.flat().join('') + rest));

test('any split of the bytes gives the same events as one piece', () => {
  fc.assert(
    fc.property(wire, fc.array(fc.nat(), { maxLength: 40 }), (bytes, cuts) => {
      expect(read(cutAt(bytes, cuts))).toEqual(read([bytes]));
    }),
    { numRuns: 500 },
  );
});

test('byte by byte gives the same events as one piece', () => {
  fc.assert(
    fc.property(wire, (bytes) => {
      expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(read([bytes]));
    }),
  );
});

test('one piece gives the events that the standard says', () => {
  fc.assert(
    fc.property(wire, (bytes) => {
      expect(read([bytes])).toEqual({ events: byStandard(bytes.toString('utf8')), fault: undefined });
    }),
    { numRuns: 300 },
  );
});

/** The parsing rules of the HTML standard, written the slow way; the last event needs no blank line here. */
function byStandard(stream: string): SseEvent[] {
  const events: SseEvent[] = [];
  let data: string[] = [];
  let event: string | undefined;
  const lines = stream.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  for (const row of [...lines, '']) {
    if (row === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n') });
      data = [];
      event = undefined;
      continue;
    }
    const colon = row.indexOf(':');
    const field = colon < 0 ? row : row.slice(0, colon);
    const value = colon < 0 ? '' : row.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    if (field === 'event') event = value === '' ? undefined : value;
  }
  return events;
}
