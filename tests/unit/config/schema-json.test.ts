import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { loadConfig } from '../../../src/config/load.js';
import { configReference } from '../../../src/config/reference.js';
import { configJsonSchema } from '../../../src/config/schema-json.js';
import { problemsOf } from '../../support/config.js';

test('the JSON Schema knows every key, which are needed, and their defaults', () => {
  const schema = configJsonSchema();
  expect(schema).toMatchObject({
    title: 'sextant.yaml',
    type: 'object',
    additionalProperties: false,
    required: ['models', 'default_model'],
    properties: {
      listen: { properties: { port: { default: DEFAULTS.listen.port, minimum: 0, maximum: 65_535 } } },
      semantic_cache: { properties: { eviction_policy: { enum: ['fifo', 'lru', 'lfu'], default: 'fifo' } } },
    },
  });
  expect(JSON.stringify(schema)).toContain('"on_unknown"');
});

test('what is committed was made of the schema that checks', () => {
  const again =
    'run: node dist/cli.js schema > schema/sextant.schema.json; ' +
    'node dist/cli.js schema --markdown > docs/configuration-reference.md';
  const committed = (path: string) => readFileSync(path, 'utf8');
  expect([again, JSON.parse(committed('schema/sextant.schema.json'))]).toEqual([again, configJsonSchema()]);
  const reference = configReference(configJsonSchema());
  expect([again, committed('docs/configuration-reference.md')]).toEqual([again, reference]);
  expect(reference).toContain('| **`models[].name`** | text |');
  expect(reference).toContain('| `signals[].any_of` | list of text | `[]` |');
  expect(reference).toContain('`decisions[].when`** | a rule |');
});

describe('the shipped policies are good', () => {
  test.each([
    'recipes/demo/sextant.yaml',
    'recipes/customer-service/sextant.yaml',
    'recipes/code-assistant/sextant.yaml',
    'recipes/enterprise-knowledge-base/sextant.yaml',
    'envoy/basic.sextant.yaml',
    'envoy/guarded.sextant.yaml',
  ])('%s', (path) => {
    const result = loadConfig(path);
    expect(problemsOf(result)).toEqual([]);
    const [modeline = ''] = readFileSync(path, 'utf8').split('\n');
    const schema = /^# yaml-language-server: \$schema=(\S+)$/.exec(modeline)?.[1] ?? '';
    expect(join(dirname(path), schema)).toBe('schema/sextant.schema.json');
    expect(readFileSync(path, 'utf8')).not.toMatch(/\t| $/m);
  });
});
