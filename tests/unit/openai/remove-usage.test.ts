import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bothRestorers, createUsageRemover } from '../../../src/openai/remove-usage.js';

const TOKEN = 'data: {"choices":[{"index":0,"delta":{"content":"é\\n\\ndata: "}}]}\n\n';
const USAGE = 'data: {"id":"x","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":7}}\n\n';
const DONE = 'data: [DONE]\n\n';

function passed(pieces: readonly Uint8Array[]): string {
  const remover = createUsageRemover();
  const out = [...pieces.map((piece) => remover.push(piece)), remover.finish()];
  return Buffer.concat(out).toString('utf8');
}

/** Cuts bytes at these places. */
function cut(text: string, places: readonly number[]): readonly Uint8Array[] {
  const bytes = Buffer.from(text);
  const at = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('the event that says the usage alone', () => {
  test('goes, and every other byte stays, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 8 }), (places) => {
        expect(passed(cut(`${TOKEN}${TOKEN}${USAGE}${DONE}`, places))).toBe(`${TOKEN}${TOKEN}${DONE}`);
      }),
    );
  });

  test.each([
    ['CR LF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['CR', (text: string) => text.replaceAll('\n', '\r')],
  ])('goes where lines end with %s', (_, ended) => {
    expect(passed([Buffer.from(ended(TOKEN + USAGE + DONE))])).toBe(ended(TOKEN + DONE));
  });

  test('goes where the stream ends without its blank line', () => {
    expect(passed([Buffer.from(TOKEN + USAGE.trimEnd())])).toBe(TOKEN);
  });

  test.each([
    ['with choices', 'data: {"choices":[{"index":0}],"usage":{"prompt_tokens":3}}\n\n'],
    ['with no usage yet', 'data: {"choices":[],"usage":null}\n\n'],
    ['that is no JSON', 'data: {"choices":[],"usage":{\n\n'],
    ['that is no UTF-8', 'data: {"usage":{}}\n\n'],
    ['that is a comment', ': "usage"\n\n'],
  ])('stays where it is one %s', (_, event) => {
    expect(passed([Buffer.from(event)])).toBe(event);
  });

  test('passes what is no stream of events, and one that is too long to be held', () => {
    const long = `data: {"usage":"${'x'.repeat(70_000)}`;
    expect(passed([Buffer.from(long), Buffer.from('"}\n\n')])).toBe(`${long}"}\n\n`);
    expect(passed([Buffer.from([0x64, 0xff, 0x0a, 0x0a])])).toHaveLength(4);
  });

  test('costs no copy where nothing is to be taken out', () => {
    const piece = Buffer.from(TOKEN);
    expect(createUsageRemover().push(piece)).toBe(piece);
  });
});

test('two restorers work one after the other', () => {
  const upper = {
    push: (piece: Uint8Array) => Buffer.from(Buffer.from(piece).toString().toUpperCase()),
    finish: () => Buffer.from('END'),
  };
  const both = bothRestorers(createUsageRemover(), upper);
  const out = [both.push(Buffer.from(`a\n\n${USAGE}b`)), both.finish()];
  expect(Buffer.concat(out).toString()).toBe('A\n\nBEND');
});
