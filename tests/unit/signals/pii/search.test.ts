import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inTurns } from '../../../../src/lib/turns.js';
import type { Passage, PersonalData, Span, WholeReading } from '../../../../src/signals/contract.js';
import { findPersonalData, SLICE_CHARS } from '../../../../src/signals/pii/find.js';
import { joined } from '../../../../src/signals/pii/join.js';
import { findPatterns } from '../../../../src/signals/pii/patterns.js';
import { PersonalDataSearch, searchAll } from '../../../../src/signals/pii/search.js';
import { windowOf } from '../../../support/heads.js';

const RANDOM = 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z';
const FILLER = 'Nothing of that is secret, and so it goes on.\n';
/** Of each kind of pattern, the longest ones that there are among them. */
const DATA = [
  ...['jane.roe@example.com', 'call 668 5702', '+41 44 668 18 00', '4111 1111 1111 1111', '(555) 010-4477'],
  ...['CH93 0076 2011 6238 5295 7', 'SSN 078-05-1120', "driver's license number A1234567", '192.0.2.17'],
  ...['2001:db8::1:2:3', '00:1b:44:11:3a:b7', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'password: hunter2!x'],
  ...[`sk-proj-${RANDOM}`, 'see www.example.com/path.', 'booking.com', 'the card 6304 0000 0000 0000'],
  `https://example.org/${'way/'.repeat(500)}?token=${RANDOM}`,
  `api_key="${RANDOM.repeat(14)}"`,
  `Bearer ${RANDOM.repeat(100)}`,
  `eyJ${'aB3_'.repeat(1000)}.eyJ${'cD4-'.repeat(1000)}.${'eF5g'.repeat(250)}`,
  `-----BEGIN PRIVATE KEY-----\n${`${RANDOM}\n`.repeat(120)}-----END PRIVATE KEY-----`,
  `-----BEGIN RSA PRIVATE KEY-----\n${`${RANDOM}\n`.repeat(460)}-----END RSA PRIVATE KEY-----`,
];
/** Hides the heads of others for thousands of characters, so that one alone is a fair sample. */
const CUT_OFF = '-----BEGIN PRIVATE KEY-----\nMIIE and no end';

function filler(chars: number): string {
  return FILLER.repeat(Math.ceil(chars / FILLER.length)).slice(0, chars);
}

/** A text with data anywhere, but mostly around the borders of its slices. */
const texts = fc
  .array(
    fc.record({
      data: fc.array(fc.constantFrom(...DATA), { minLength: 1, maxLength: 4 }),
      between: fc.constantFrom(' ', '\n', ', '),
      before: fc.oneof({ weight: 3, arbitrary: fc.nat(6_000) }, { weight: 1, arbitrary: fc.nat(20_000) }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => {
    let text = '';
    for (const { data, between, before } of parts) {
      const border = Math.ceil((text.length + 1) / SLICE_CHARS) * SLICE_CHARS;
      text += `${filler(Math.max(1, border - text.length - before))} ${data.join(between)} `;
    }
    return text + filler(50);
  });

const heads = fc.array(
  fc.record({
    type: fc.constantFrom('PERSON', 'ORGANIZATION', 'STREET_ADDRESS', 'PHONE_NUMBER', 'ZIP_CODE'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 40 }),
    score: fc.constantFrom(0.6, 0.8, 0.95),
  }),
  { maxLength: 12 },
);

interface Said {
  readonly type: string;
  readonly at: number;
  readonly length: number;
  readonly score: number;
}

function spansIn(text: string, said: readonly Said[]): readonly Span[] {
  return said.map(({ type, at, length, score }) => {
    const start = Math.floor(at * Math.max(0, text.length - length));
    return { type, start, end: Math.min(text.length, start + length), score };
  });
}

function passagesOf(...all: readonly string[]): readonly Passage[] {
  return all.map((text) => ({ text, role: 'prompt' }));
}

function wholeOf(all: readonly (readonly Span[])[]): WholeReading {
  return { windows: all.map((spans, passage) => windowOf(passage, [0, 1], {}, spans)), unread: [] };
}

function counted(found: PersonalData): ReadonlyMap<string, number> {
  return new Map(
    found.finds
      .map(({ type, score, count }) => [`${type} ${score}`, count] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function countsIn(all: readonly (readonly Span[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type, score } of all.flat()) {
    counts.set(`${type} ${score}`, (counts.get(`${type} ${score}`) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('a search in slices', () => {
  test('property: finds what a search of the whole text at once finds', () => {
    fc.assert(
      fc.property(texts, heads, (text, said) => {
        const spans = spansIn(text, said);
        expect(findPersonalData(text, spans)).toEqual(joined(text, findPatterns(text), spans));
      }),
      { numRuns: 150 },
    );
  });

  test('finds each of them over a border, wherever the border falls', () => {
    for (const data of [...DATA, CUT_OFF]) {
      const alone = findPatterns(` ${data} `);
      for (const share of [0.02, 0.5, 0.98]) {
        const start = 2 * SLICE_CHARS - Math.ceil(data.length * share);
        const text = `${filler(start - 1)} ${data} ${filler(SLICE_CHARS)}`;
        const moved = alone.map((span) => ({
          ...span,
          start: span.start + start - 1,
          end: span.end + start - 1,
        }));
        expect(findPersonalData(text, [])).toEqual(moved);
      }
    }
  });

  test('gives no find over another where one chain of them runs through all slices', () => {
    // Each find takes in some 14 heads of others, and which ones hangs on where the chain began to be read.
    const text = 'xoxb-1a2b3c4d5e6f-'.repeat(SLICE_CHARS / 4);
    const found = findPersonalData(text, []);
    expect(found.length).toBeGreaterThan(text.length / 300);
    for (const [index, { start }] of found.entries()) {
      expect(start).toBeGreaterThanOrEqual(found[index - 1]?.end ?? 0);
    }
    const counts = searchAll(passagesOf(text), undefined).finds.map(({ count }) => count);
    expect(counts).toEqual([found.length]);
  });

  test('property: gives no find twice, and none over another, even where nothing parts them', () => {
    const pieces = [
      'a.',
      '1 ',
      'a.b@',
      ':1',
      'eyJaaaaaaaa.',
      '4111-',
      'www.',
      'a@b.co',
      '(1)',
      '/',
      'co.uk ',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }), (parts) => {
        const text = parts
          .join('')
          .repeat(SLICE_CHARS)
          .slice(0, 2 * SLICE_CHARS + 500);
        let end = 0;
        for (const span of findPersonalData(text, [])) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          end = span.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the search of a conversation', () => {
  const conversations = fc.array(fc.oneof(texts, fc.constantFrom('', ' ', ...DATA)), { maxLength: 6 });

  test('property: counts what is found passage by passage, with and without what the head found', () => {
    fc.assert(
      fc.property(conversations, heads, (all, said) => {
        const spans = all.map((text) => (text === '' ? [] : spansIn(text, said)));
        const passages = passagesOf(...all);
        const byPatterns = countsIn(all.map((text) => findPersonalData(text, [])));
        const withHead = countsIn(all.map((text, index) => findPersonalData(text, spans[index] ?? [])));
        expect(counted(searchAll(passages, undefined))).toEqual(byPatterns);
        expect(counted(searchAll(passages, wholeOf(spans)))).toEqual(withHead);
      }),
      { numRuns: 40 },
    );
  });

  test('property: what the head found may come later', () => {
    fc.assert(
      fc.property(conversations, heads, (all, said) => {
        const whole = wholeOf(all.map((text) => (text === '' ? [] : spansIn(text, said))));
        const passages = passagesOf(...all);
        const search = new PersonalDataSearch(passages);
        while (search.step());
        search.joinWith(whole);
        while (search.step());
        expect(counted(search.result())).toEqual(counted(searchAll(passages, whole)));
      }),
      { numRuns: 40 },
    );
  });

  test('searches only those places again that the head found something in', () => {
    const search = new PersonalDataSearch(passagesOf(filler(20 * SLICE_CHARS), 'Jane'));
    while (search.step());
    search.joinWith(wholeOf([[], [{ type: 'PERSON', start: 0, end: 4, score: 0.9 }]]));
    expect(search.ahead).toBe(1);
    while (search.step());
    expect(search.result()).toEqual({
      finds: [{ type: 'PERSON', score: 0.9, count: 1 }],
      unsearchedChars: 0,
    });
  });

  test('takes nothing of places that are not there', () => {
    const search = new PersonalDataSearch(passagesOf('Jane'));
    while (search.step());
    search.joinWith(
      wholeOf([
        [{ type: 'PERSON', start: 4, end: 4, score: 1 }],
        [{ type: 'PERSON', start: 0, end: 4, score: 1 }],
      ]),
    );
    while (search.step());
    expect(search.result().finds).toEqual([]);
  });

  test('tells finds, and how much it did not come to', () => {
    const found: string[] = [];
    const text = `Jane ${filler(3 * SLICE_CHARS)}`;
    const search = new PersonalDataSearch(
      passagesOf('jane@example.com', text),
      undefined,
      (passage, { type, start }) => found.push(`${passage} ${type} ${start}`),
    );
    expect(search.ahead).toBe(5);
    search.step();
    search.step();
    expect(found).toEqual(['0 EMAIL_ADDRESS 0']);
    expect(search.result()).toEqual({
      finds: [{ type: 'EMAIL_ADDRESS', score: 0.99, count: 1 }],
      unsearchedChars: 2 * SLICE_CHARS + 5,
    });
  });
});

describe('a conversation of 16 MiB', () => {
  const CHARS = 16 * 1024 * 1024;

  test('is searched in steps of one slice, however its text hangs together', async () => {
    const search = new PersonalDataSearch(passagesOf('a.'.repeat(CHARS / 2)));
    const slices = CHARS / SLICE_CHARS;
    expect(search.ahead).toBe(slices);
    let turns = 0;
    let isOver = false;
    const watch = () => {
      turns += 1;
      if (!isOver) setImmediate(watch);
    };
    setImmediate(watch);
    await inTurns(search);
    isOver = true;
    // All that waits for the loop had a turn between any two slices.
    expect(turns).toBeGreaterThanOrEqual(slices);
    expect(search.result()).toEqual({ finds: [], unsearchedChars: 0 });
  });

  test('is searched in as many steps when it is made of little passages', () => {
    const search = new PersonalDataSearch(passagesOf(...Array.from({ length: 100_000 }, () => 'a@b.co')));
    // Each passage costs something to begin with.
    expect(search.ahead).toBeGreaterThan((100_000 * 64) / SLICE_CHARS);
    while (search.step());
    expect(search.result().finds).toEqual([{ type: 'EMAIL_ADDRESS', score: 0.99, count: 100_000 }]);
  });
});
