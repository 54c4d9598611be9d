import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeUtf8 } from '../../../src/lib/utf8.js';

const FILL = 'x'.repeat(5_000);

describe('decodeUtf8', () => {
  test.each(['', FILL])('agrees with the strict decoder of the platform (after %#)', (fill) => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const bytes = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(fill + text)),
      fc.uint8Array({ maxLength: 12 }).map((tail) => Buffer.concat([Buffer.from(fill), tail])),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        let expected: string | undefined;
        try {
          expected = strict.decode(input);
        } catch {
          expected = undefined;
        }
        expect(decodeUtf8(input)).toBe(expected);
      }),
    );
  });

  test.each(['', FILL])('keeps a byte-order mark', (fill) => {
    expect(decodeUtf8(Buffer.from(`\ufeff${fill}é`))).toBe(`\ufeff${fill}é`);
  });

  test('reads a view at an odd offset', () => {
    const bytes = Buffer.from(`abc${FILL}漢🙂`);
    expect(decodeUtf8(bytes.subarray(3))).toBe(`${FILL}漢🙂`);
  });
});
