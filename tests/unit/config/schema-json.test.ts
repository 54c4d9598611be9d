import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { loadConfig } from '../../../src/config/load.js';
import { formatProblem } from '../../../src/config/problems.js';
import { configJsonSchema } from '../../../src/config/schema-json.js';

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
    expect(result.ok ? [] : result.error.map(formatProblem)).toEqual([]);
    expect(readFileSync(path, 'utf8')).not.toMatch(/\t| $/m);
  });
});
