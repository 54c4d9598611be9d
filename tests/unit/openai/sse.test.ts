import { describe, expect, test } from '@jest/globals';
import { createSseReader, type SseEvent, type SseFault } from '../../../src/openai/sse.js';

function read(pieces: readonly (string | Uint8Array)[], eventCharsMax = 1_000) {
  const events: SseEvent[] = [];
  const reader = createSseReader({ eventCharsMax, onEvent: (event) => events.push(event) });
  let fault: SseFault | undefined;
  for (const piece of pieces) fault = reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  return { events, fault, end: () => reader.finish() };
}

const dataOf = (pieces: readonly (string | Uint8Array)[]): string[] => {
  const { events, end } = read(pieces);
  end();
  return events.map((event) => event.data);
};

describe('createSseReader', () => {
  test.each([
    ['LF', ['data: a\n\ndata: b\n\n'], ['a', 'b']],
    ['CRLF', ['data: a\r\n\r\ndata: b\r\n\r\n'], ['a', 'b']],
    ['CR', ['data: a\r\rdata: b\r\r'], ['a', 'b']],
    ['CRLF cut between', ['data: a\r', '\n\r', '\n', 'data: b\r\n\r\n'], ['a', 'b']],
    ['several lines', ['data: a\ndata:b\ndata\ndata:  c\n\n'], ['a\nb\n\n c']],
    ['comments', [': ping\n\ndata: a\n: in between\ndata: b\n\n:\n\n'], ['a\nb']],
    ['a byte-order mark', ['\ufeffdata: a\n\n'], ['a']],
    ['a byte-order mark that is cut', [Uint8Array.of(0xef), Uint8Array.of(0xbb, 0xbf), 'data: a\n\n'], ['a']],
    ['ids, retry, unknown fields', ['id: 1\nretry: x\nretry: 5\nfoo: bar\ndata: a\n\n'], ['a']],
    ['no blank line at the end', ['data: a\n\ndata: [DONE]\n'], ['a', '[DONE]']],
    ['no line end at the end', ['data: a\n\ndata: [DONE]'], ['a', '[DONE]']],
    ['nothing', [], []],
    ['an event without data', ['event: ping\n\n'], []],
  ])('reads %s', (_name, pieces, expected) => {
    expect(dataOf(pieces)).toEqual(expected);
  });

  test('joins characters cut between pieces', () => {
    const bytes = Buffer.from('data: 漢🙂\n\n');
    expect(dataOf([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(['漢🙂']);
  });

  test('gives the name of an event', () => {
    expect(read(['event: error\ndata: x\n\n']).events).toEqual([{ event: 'error', data: 'x' }]);
  });

  test('refuses bytes that are not UTF-8, whole or cut, and reads no further', () => {
    const bad = read(['data: a\n\n', Uint8Array.of(0xff), 'data: b\n\n']);
    expect([bad.fault, bad.events.length, bad.end()]).toEqual(['malformed', 1, 'malformed']);
    const cut = read(['data: a\n\n', Uint8Array.of(0xe6, 0xbc)]);
    expect([cut.fault, cut.end()]).toEqual([undefined, 'malformed']);
  });

  test.each([
    ['in one piece', [`data: ${'x'.repeat(1_001)}\n\n`]],
    ['in many', Array.from({ length: 1_100 }, () => 'x')],
    ['in many lines', Array.from({ length: 300 }, () => 'data: xxxx\n')],
  ])('refuses an event above the limit, %s', (_name, pieces) => {
    const { events, fault, end } = read(['data: a\n\n', ...pieces, '\n\ndata: b\n\n']);
    expect([events.length, fault, end()]).toEqual([1, 'too-large', 'too-large']);
  });

  test('any number of events below the limit pass', () => {
    const { events, fault } = read(
      Array.from({ length: 200 }, () => `: ping\n\ndata: ${'x'.repeat(100)}\n\n`),
    );
    expect([events.length, fault]).toEqual([200, undefined]);
  });
});
