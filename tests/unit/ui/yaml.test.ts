import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { yamlLines, yamlText } from '../../../ui/src/config/yaml.js';

test('whatever is written is read again as the same', () => {
  const key = fc.stringMatching(/^[a-z_]{1,8}$/).filter((name) => name !== 'null');
  const scalar = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('no', '1e3', '- a', 'a: b'),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('any'), { maxLength: 4 }), tie('object')),
    object: fc.dictionary(key, tie('any'), { maxKeys: 4, noNullPrototype: true }),
  })).object;
  fc.assert(
    fc.property(value, (written) => {
      expect(parse(yamlText(yamlLines(written))) ?? {}).toEqual(written);
    }),
  );
});

test('looks as people write it', () => {
  const config = {
    models: [{ name: 'a', endpoints: ['127.0.0.1:1'], price: { input: 1 } }, { name: 'b' }],
    on: true,
  };
  expect(yamlText(yamlLines(config))).toBe(
    [
      'models:',
      '  - name: a',
      '    endpoints: ["127.0.0.1:1"]',
      '    price:',
      '      input: 1',
      '  - name: b',
      'on: true',
    ].join('\n'),
  );
});
