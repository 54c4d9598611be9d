import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRequest } from '../../src/openai/read.js';
import { modelSplice, splice } from '../../src/openai/splice.js';

const fields = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8 });
const name = fc.string({ unit: 'grapheme', minLength: 1 });

/** A request with `model` at any place among fields of any kind, laid out in any way. */
const body = fc
  .record({
    before: fields,
    after: fields,
    model: name,
    escaped: fc.boolean(),
    indent: fc.constantFrom(undefined, 1, '\t'),
    space: fc.constantFrom('', ' ', '\r\n\t'),
  })
  .map(({ before, after, model, escaped, indent, space }) => {
    const reserved = new Set(['model', 'input', 'stream', 'stream_options', ...Object.keys(before)]);
    const rest = Object.entries(after).filter(([key]) => !reserved.has(key));
    const first = Object.entries(before).filter(
      ([key]) => !['model', 'stream', 'stream_options'].includes(key),
    );
    const write = ([key, value]: [string, unknown]) =>
      `${JSON.stringify(key)}${space}:${space}${JSON.stringify(value, null, indent)}`;
    const key = escaped ? '"m\\u006fdel"' : '"model"';
    const members = [...first.map(write), `${key}:${space}${JSON.stringify(model)}`, ...rest.map(write)];
    return { model, text: `${space}{${space}${members.join(`${space},${space}`)}}${space}` };
  });

test('a splice changes the model and no other byte', () => {
  fc.assert(
    fc.property(body, name, ({ model, text }, next) => {
      const bytes = Buffer.from(text);
      const request = readRequest('embeddings', bytes);
      if (!request.ok) throw request.error;
      const { start, end } = request.value.modelSpan;
      expect(bytes.toString('utf8', start, end)).toBe(JSON.stringify(model));

      const spliced = Buffer.from(splice(bytes, [modelSplice(request.value.modelSpan, next)]));
      const written = Buffer.from(JSON.stringify(next));
      expect(spliced.subarray(0, start).equals(bytes.subarray(0, start))).toBe(true);
      expect(spliced.subarray(start, start + written.length).equals(written)).toBe(true);
      expect(spliced.subarray(start + written.length).equals(bytes.subarray(end))).toBe(true);

      const again = readRequest('embeddings', spliced);
      if (!again.ok) throw again.error;
      expect(again.value.model).toBe(next);
      expect(JSON.stringify({ ...again.value.body, model: '' })).toBe(
        JSON.stringify({ ...request.value.body, model: '' }),
      );
      const back = splice(spliced, [modelSplice(again.value.modelSpan, model)]);
      expect(Buffer.from(back).equals(bytes)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('numbers, spacing and order stay as the client wrote them', () => {
  const text = '{ "seed":12345678901234567890,"temperature":1.0,  "model" : "auto" ,"x":"\\u00e9" }\n';
  const bytes = Buffer.from(text);
  const request = readRequest('embeddings', bytes);
  if (!request.ok) throw request.error;
  const spliced = Buffer.from(splice(bytes, [modelSplice(request.value.modelSpan, 'a"b/ü')])).toString(
    'utf8',
  );
  expect(spliced).toBe(text.replace('"auto"', '"a\\"b/ü"'));
});
