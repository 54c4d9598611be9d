import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { headerOf, ResponseReader, type SeenResponse } from '../../../bench/response-reader.js';

const BODY = 'héllo {"a": "\r\n\r\n0\r\n"}';

const WHOLE = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(BODY)}\r\nx-a: b\r\n\r\n${BODY}`,
);
const CHUNKED = Buffer.concat([
  Buffer.from('HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n'),
  ...[0, 5, 6].flatMap((from, at) => {
    const data = Buffer.from(BODY).subarray(from, [5, 6, undefined][at]);
    return [Buffer.from(`${data.length.toString(16).toUpperCase()};note=1\r\n`), data, Buffer.from('\r\n')];
  }),
  Buffer.from('0\r\nx-trailer: 1\r\n\r\n'),
]);
const EMPTY = Buffer.from('HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n');

/** Pushes `bytes` cut at the given places; exactly the last piece must end the response. */
function readCut(bytes: Buffer, cuts: readonly number[]): SeenResponse {
  const reader = new ResponseReader();
  const places = [...new Set(cuts.map((cut) => 1 + (cut % (bytes.length - 1))))].toSorted((a, b) => a - b);
  const ends = [...places, bytes.length];
  let seen: SeenResponse | undefined;
  let from = 0;
  for (const end of ends) {
    expect(seen).toBeUndefined();
    seen = reader.push(bytes.subarray(from, end));
    from = end;
  }
  if (seen === undefined) throw new Error('the response never ended');
  return seen;
}

describe('one response, however the network cuts it', () => {
  test.each([
    { what: 'content-length', bytes: WHOLE, status: 200, bodyBytes: Buffer.byteLength(BODY), closes: false },
    {
      what: 'chunks and trailers',
      bytes: CHUNKED,
      status: 201,
      bodyBytes: Buffer.byteLength(BODY),
      closes: true,
    },
    { what: 'no body', bytes: EMPTY, status: 500, bodyBytes: 0, closes: false },
  ])('$what', ({ bytes, status, bodyBytes, closes }) => {
    const tail = bodyBytes === 0 ? Buffer.alloc(0) : Buffer.from(BODY).subarray(-16);
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const { head: _, ...seen } = readCut(bytes, cuts);
        expect({ ...seen, tail: Buffer.from(seen.tail) }).toEqual({ status, bodyBytes, closes, tail });
      }),
    );
  });

  test('one reader reads one after the other', () => {
    const reader = new ResponseReader();
    expect([EMPTY, CHUNKED, WHOLE, EMPTY].map((bytes) => reader.push(bytes)?.status)).toEqual([
      500, 201, 200, 500,
    ]);
  });
});

describe('what is no response', () => {
  test.each([
    { what: 'bytes after the end', bytes: Buffer.concat([WHOLE, Buffer.from('x')]) },
    { what: 'no framing', bytes: Buffer.from('HTTP/1.1 200 OK\r\n\r\n') },
    {
      what: 'a chunk without a size',
      bytes: Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    },
    { what: 'a head without an end', bytes: Buffer.alloc(70_000, 'a') },
  ])('throws: $what', ({ bytes }) => {
    expect(() => new ResponseReader().push(bytes)).toThrow();
  });
});

test('a header is found by its whole name', () => {
  const head = 'HTTP/1.1 200 OK\r\nx-ab: 1\r\nb: 2\r\n';
  expect(headerOf(head, 'b')).toBe('2');
  expect(headerOf(head, 'c')).toBeUndefined();
});
