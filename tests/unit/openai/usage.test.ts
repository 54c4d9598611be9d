import { describe, expect, test } from '@jest/globals';
import { createUsageTail, usageOf } from '../../../src/openai/usage.js';

describe('usageOf', () => {
  test.each([
    [
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
      { promptTokens: 3, completionTokens: 4 },
    ],
    [
      { prompt_tokens: 3, total_tokens: 3 },
      { promptTokens: 3, completionTokens: 0 },
    ],
    [
      { prompt_tokens: 3, completion_tokens: null },
      { promptTokens: 3, completionTokens: 0 },
    ],
    [{ completion_tokens: 4 }, undefined],
    [{ prompt_tokens: -1, completion_tokens: 4 }, undefined],
    [{ prompt_tokens: 1.5, completion_tokens: 4 }, undefined],
    [{ prompt_tokens: 1, completion_tokens: '4' }, undefined],
    [null, undefined],
    [[], undefined],
    [undefined, undefined],
  ])('of %j', (value, expected) => {
    expect(usageOf(value)).toEqual(expected);
  });
});

describe('usage tail', () => {
  function tailOf(text: string, pieceBytes = 10, tailBytes?: number) {
    const tail = createUsageTail(tailBytes);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += pieceBytes) tail.push(bytes.subarray(at, at + pieceBytes));
    return tail.usage();
  }

  const said = '"usage":{"prompt_tokens":3,"completion_tokens_details":{"x":{}},"completion_tokens":4}';
  const found = { promptTokens: 3, completionTokens: 4 };

  test.each([
    [`{"choices":[],${said}}`],
    [`{${said},"kv":null}`],
    [`data: {"choices":[],${said}}\n\ndata: [DONE]\n\n`],
    [`data: {${said}}\n\ndata: {"usage":null}\n\ndata: {"usage" : "x"}\n\n`],
    [`{"usage":{"prompt_tokens":9},${said}}`],
    [`{${said.replace(':', ' : ')}}`],
    [`{${said.replace('"usage":{', '"usage":\n  {')}}`],
  ])('finds the last one in %s', (text) => {
    expect(tailOf(text)).toEqual(found);
    expect(tailOf(text, 1)).toEqual(found);
    expect(tailOf(text, 100_000)).toEqual(found);
  });

  test.each([
    '',
    '"usage"',
    '"usage":',
    '"usage":null,"x":{"prompt_tokens":1}',
    '"usage":{"prompt_tokens":1',
    '"usage":{"prompt_tokens":1,}',
    `"usage":${' '.repeat(40)}{"prompt_tokens":1}`,
    `{"content":${JSON.stringify('"usage":{"prompt_tokens":1,"completion_tokens":1}')}}`,
  ])('finds none in %s', (text) => {
    expect(tailOf(text)).toBeUndefined();
  });

  test('looks at the end alone, and keeps no more than it says', () => {
    expect(tailOf(`{${said}}${' '.repeat(10_000)}`, 10, 1_000)).toBeUndefined();
    expect(tailOf(`{"x":"${'y'.repeat(100_000)}",${said}}`, 1_000_000, 200)).toEqual(found);
    expect(tailOf(`{"x":"${'y'.repeat(100_000)}",${said}}`, 7, 200)).toEqual(found);
  });

  test('many openings that never close cost little', () => {
    // Were each of them read to its end, this would take longer than a test may.
    expect(tailOf('"usage":{'.repeat(200_000), 1_000)).toBeUndefined();
  });
});
