import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { findPatterns } from '../../../../src/signals/pii/patterns.js';
import { isByPatternsAlone } from '../../../../src/signals/pii/types.js';

function found(text: string): readonly string[] {
  return findPatterns(text).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
}

test.each([
  'ida@example.com',
  'www.example.com',
  'https://a.example',
  'artistmovie.se',
  'call 668 5702',
  '4111111111111111',
  '86.121.97.248',
  '2001:db8::1:2',
  'GB97LOWW46888763196059',
])('%s ends where the text ends', (text) => {
  expect(findPatterns(text).map(({ end }) => end)).toEqual([text.length]);
});

describe('where forms overlap', () => {
  test('a key counts, not the address around it', () => {
    const key = `sk-${'aB3dE5fG7hJ9kL1mN3'}`;
    expect(found(`https://api.example/?key=${key}&x=1`)).toEqual([`API_KEY ${key}`]);
  });

  test('the surer one counts, then the longer one', () => {
    expect(found('mail ida@example.com')).toEqual(['EMAIL_ADDRESS ida@example.com']);
    expect(found('https://www.example.com/x')).toEqual(['URL https://www.example.com/x']);
    expect(found('[64:ff9b::192.0.2.33]')).toEqual(['IP_ADDRESS 64:ff9b::192.0.2.33']);
    expect(found('call card 4111 1111 1111 1111')).toEqual(['CREDIT_CARD 4111 1111 1111 1111']);
  });

  test('all kinds are found in one text', () => {
    const text =
      'Ida, SSN 460-89-9847, GB97LOWW46888763196059, +41 44 668 18 00, 86.121.97.248, 00:1B:44:11:3a:b7';
    expect(found(text).map((each) => each.split(' ')[0])).toEqual([
      'US_SSN',
      'IBAN_CODE',
      'PHONE_NUMBER',
      'IP_ADDRESS',
      'MAC_ADDRESS',
    ]);
  });
});

/** What a finder starts to look at, again and again, so that a second loop inside of the first one would show. */
const ADVERSARIAL = [
  ...['a', 'a.', '.', '@', 'a@', 'a.b@', '1', '1 ', '668 5702 ', '+41 44 668 18 00 ', '4111 1111 ', '4111-'],
  ...[
    'GB56 ',
    'GB56HXDO',
    ':',
    'ab:',
    '12ab:34::',
    'http://',
    'http://a)',
    'http://[',
    'www.',
    ')',
    '://',
    '(1)',
  ],
  ...['-----BEGIN PRIVATE KEY-----', 'bearer ', 'Bearer aaaaaaaaaaaaaaaa', 'password=', 'password="', 'sk-'],
  ...[
    'eyJ',
    'eyJaaaaaaaa.',
    '1A',
    '0x',
    'é',
    'é.',
    'aa:bb:cc:',
    '123-45-',
    '1234567x1',
    '(',
    ' ',
    'bc1q',
    'ghp_',
  ],
  ...['SG.aaaaaaaaaaaaaaaa.', "driver's license ", 'dl 1', 'dl 1-1-1-1-', 'website a.zz ', '1/1234', 'x1'],
];
const CHARS = 1 << 20;

/** Characters that the finders look at: by code, by place, and in slices. */
function looksAt(text: string): number {
  let looks = 0;
  const { charAt, charCodeAt, slice } = String.prototype;
  const spies = [
    jest.spyOn(String.prototype, 'charAt').mockImplementation(function (this: string, at) {
      looks += 1;
      return charAt.call(this, at);
    }),
    jest.spyOn(String.prototype, 'charCodeAt').mockImplementation(function (this: string, at) {
      looks += 1;
      return charCodeAt.call(this, at);
    }),
    jest.spyOn(String.prototype, 'slice').mockImplementation(function (this: string, start, end) {
      const part = slice.call(this, start, end);
      looks += part.length;
      return part;
    }),
  ];
  try {
    findPatterns(text);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return looks;
}

function filled(piece: string, chars: number): string {
  return piece.repeat(Math.ceil(chars / piece.length)).slice(0, chars);
}

describe('the work', () => {
  test.each(ADVERSARIAL)('is linear in texts of %j', (piece) => {
    const short = looksAt(filled(piece, 2_000));
    const long = looksAt(filled(piece, 16_000));
    expect(long).toBeLessThan(8 * short + 2_000 * 8 * 4);
    expect(long).toBeLessThan(16_000 * 400);
  });

  test('property: is linear in texts of any such pieces', () => {
    const pieces = fc.array(fc.constantFrom(...ADVERSARIAL), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pieces, (parts) => {
        expect(looksAt(filled(parts.join(''), 8_000))).toBeLessThan(8_000 * 400);
      }),
      { numRuns: 60 },
    );
  });

  // The engine's own search is not counted above; quadratic work on a million characters would take many minutes.
  test.each(['1 ', 'a.b@', '668 5702 ', 'password="', "driver's license ", 'dl 1-1-1-1-', 'eyJaaaaaaaa.'])(
    'ends on a megabyte of %j',
    (piece) => {
      expect(findPatterns(filled(piece, CHARS)).length).toBeLessThan(CHARS);
    },
  );
});

test('property: spans of any text are sorted, do not overlap, and patterns find their types', () => {
  const piece = fc.oneof(fc.constantFrom(...ADVERSARIAL), fc.string({ unit: 'binary', maxLength: 6 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
      const text = parts.join('');
      let end = 0;
      for (const span of findPatterns(text)) {
        expect(span.start).toBeGreaterThanOrEqual(end);
        expect(span.end).toBeGreaterThan(span.start);
        expect(span.end).toBeLessThanOrEqual(text.length);
        expect(span.score > 0 && span.score <= 1).toBe(true);
        expect(span.type === 'PHONE_NUMBER' || isByPatternsAlone(span.type)).toBe(true);
        end = span.end;
      }
    }),
    { numRuns: 500 },
  );
});
