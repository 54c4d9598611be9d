import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scanBody } from '../../../src/openai/scan.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function codeOf(body: Uint8Array | string): string {
  const result = scanBody(typeof body === 'string' ? bytes(body) : body);
  return result.ok ? 'ok' : result.error.code;
}

function modelText(body: string): string | undefined {
  const raw = bytes(body);
  const result = scanBody(raw);
  if (!result.ok) throw result.error;
  const span = result.value.modelSpan;
  return span && new TextDecoder().decode(raw.subarray(span.start, span.end));
}

describe('model span', () => {
  test.each([
    ['{"model":"auto"}', '"auto"'],
    [' \r\n\t{ "a" : [1, "model", {"model":"inner"}] ,\t"model" \n: "a\\"b" }', '"a\\"b"'],
    ['{"ünï":"日本","model":"日本"}', '"日本"'],
    ['{"mod\\u0065l":"x"}', '"x"'],
    ['{"model":""}', '""'],
  ])('of %s', (body, expected) => {
    expect(modelText(body)).toBe(expected);
  });

  test.each([
    '{"model":5,"x":"y"}',
    '{"model":["y"]}',
    '{"model":{"model":"y"}}',
    '{"x":{"model":"y"}}',
    '{}',
  ])('none in %s', (body) => {
    expect(modelText(body)).toBeUndefined();
  });

  test('is right in a view that does not begin at the start of its buffer', () => {
    const padded = bytes('xxx{"model":"auto"}yyy');
    const result = scanBody(padded.subarray(3, padded.length - 3));
    expect(result.ok && result.value).toEqual({
      text: '{"model":"auto"}',
      modelSpan: { start: 9, end: 15 },
      cacheSpan: undefined,
    });
  });
});

describe('cache span', () => {
  test.each([
    ['{"cache":{"a":[1,{"cache":2}]},"model":"auto"}', '{"model":"auto"}'],
    ['{"model":"auto", "cache" : {"ttl": 5}}', '{"model":"auto"}'],
    ['{"model":"auto","c\\u0061che":{},"x":1}', '{"model":"auto","x":1}'],
    ['{ "cache": {} }', '{ }'],
    ['{"cache":[1,2],"x":{"cache":{}}}', '{"x":{"cache":{}}}'],
    ['{"a":"cache","b":["cache",{}]}', '{"a":"cache","b":["cache",{}]}'],
  ])('%s without it is %s', (body, rest) => {
    const raw = bytes(body);
    const result = scanBody(raw);
    if (!result.ok) throw result.error;
    const span = result.value.cacheSpan ?? { start: 0, end: 0 };
    const left =
      new TextDecoder().decode(raw.subarray(0, span.start)) +
      new TextDecoder().decode(raw.subarray(span.end));
    expect(left).toBe(rest);
    const { cache: _cache, ...expected } = JSON.parse(body) as Record<string, unknown>;
    expect(JSON.parse(left)).toEqual(expected);
  });
});

describe('duplicate keys', () => {
  const many = Array.from({ length: 40 }, (_, index) => `"key${index}":${index}`).join(',');
  const long = 'k'.repeat(200);
  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"\\u0061":1,"a":2}',
    '{"x":[{"y":{"b":1,"c":2,"b":3}}]}',
    `{${many},"key39":0}`,
    `{${many},"key0":0}`,
    `{"${long}":1,"${long}":2}`,
    `{"é":1,"é":2}`,
    '{"__proto__":1,"__proto__":2}',
    '{"x":{"a":1},"x":{"a":1}}',
  ])('are seen in %s', (body) => {
    expect(codeOf(body)).toBe('duplicate_key');
  });

  test.each([
    '{"a":{"a":{"a":1}}}',
    '{"a":[{"b":1},{"b":2}],"b":"a"}',
    `{"x":{${many}},"y":{${many}},"key0":{"key0":"key0"}}`,
    '{"ab":1,"ba":2,"a":3,"b":4}',
    `{"${long}1":1,"${long}2":2}`,
  ])('are not seen where there are none: %s', (body) => {
    expect(codeOf(body)).toBe('ok');
  });

  test('of the model name that parameter', () => {
    const result = scanBody(bytes('{"model":"a","model":"b"}'));
    expect(!result.ok && [result.error.code, result.error.param]).toEqual(['duplicate_key', 'model']);
  });

  test('never repeat the key in the message', () => {
    const result = scanBody(bytes('{"secret words":1,"secret words":2}'));
    expect(!result.ok && result.error.message).toMatch(/byte 18 /);
    expect(!result.ok && result.error.message).not.toMatch(/secret/);
  });
});

describe('limits', () => {
  test('64 levels pass, 65 do not', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(codeOf(nested(64))).toBe('ok');
    expect(codeOf(nested(65))).toBe('json_too_deep');
    expect(codeOf(nested(200_000))).toBe('json_too_deep');
  });

  test('a million brackets do not fill the stack', () => {
    const body = bytes(`{"a":${'['.repeat(1_000_000)}`);
    expect(codeOf(body)).toBe('json_too_deep');
  });

  test('brackets in strings do not count', () => {
    expect(codeOf(`{"a":"${'[{'.repeat(500)}"}`)).toBe('ok');
  });

  test('counts keys of all objects together', () => {
    const body = bytes('{"a":{"b":1},"c":[{"d":1}]}');
    expect(scanBody(body, { depthMax: 64, keysMax: 4 }).ok).toBe(true);
    const result = scanBody(body, { depthMax: 64, keysMax: 3 });
    expect(!result.ok && result.error.code).toBe('body_too_large');
  });
});

describe('text that is no JSON object', () => {
  test.each([
    ['', 'invalid_json'],
    ['  \n', 'invalid_json'],
    ['[]', 'invalid_json'],
    ['"{}"', 'invalid_json'],
    ['\ufeff{}', 'invalid_json'],
    ['{"a":"b', 'invalid_json'],
    ['{"a":"b\\', 'invalid_json'],
    [`{"a":"${'b'.repeat(100)}\\"`, 'invalid_json'],
    ['{"a":[1]', 'invalid_json'],
    ['{"a":1}}', 'invalid_json'],
    ['{"\\q":1}', 'invalid_json'],
  ])('%j is %s', (body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  test.each([[[0x7b, 0xff, 0x7d]], [[0x7b, 0x22, 0xc3, 0x22, 0x7d]], [[0xed, 0xa0, 0x80]]])(
    'bytes %j are not UTF-8',
    (body) => {
      expect(codeOf(Uint8Array.from(body))).toBe('invalid_encoding');
    },
  );
});

test('strings with any run of escapes end where the parser ends them', () => {
  const unit = fc.constantFrom('\\', '"', 'a', '\n', 'é', 'x'.repeat(60), '\u2028', '[', '}', ',', ':');
  const text = fc.array(unit, { maxLength: 80 }).map((units) => units.join(''));
  fc.assert(
    fc.property(text, text, (left, right) => {
      const body = JSON.stringify({ [`k${left}`]: right, model: left, z: [right, { model: right }] });
      expect(modelText(body)).toBe(JSON.stringify(left));
    }),
  );
});

test('accepts every object that JSON can write, and gives its text unchanged', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (object) => {
      const text = JSON.stringify(object, null, 1);
      const result = scanBody(bytes(text));
      expect(result.ok && result.value.text).toBe(text);
    }),
  );
});
