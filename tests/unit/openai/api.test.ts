import { expect, test } from '@jest/globals';
import { apiOf, modelNameOf, pathOnly } from '../../../src/openai/api.js';

test.each([
  ['/v1/chat/completions', 'chat'],
  ['/v1/chat/completions?x=/v1/embeddings', 'chat'],
  ['/v1/chat/completions#x', 'chat'],
  ['/v1/completions', 'completions'],
  ['/v1/embeddings', 'embeddings'],
  ['/v1/models', 'models'],
  ['/v1/models/org/name', 'models'],
  ['/v1/models/', 'other'],
  ['/v1/chat/completions/', 'other'],
  ['/V1/chat/completions', 'other'],
  ['//v1/chat/completions', 'other'],
  ['/v1/chat/completions%20', 'other'],
  ['/', 'other'],
  ['', 'other'],
  ['/constructor', 'other'],
])('%s is %s', (path, api) => {
  expect(apiOf(path)).toBe(api);
});

test('the path ends at its query or fragment', () => {
  expect(['/a?b#c', '/a#c?b', '/a', '?'].map(pathOnly)).toEqual(['/a', '/a', '/a', '']);
});

test.each([
  ['/v1/models/auto', 'auto'],
  ['/v1/models/org/name?x', 'org/name'],
  ['/v1/models/org%2Fname', 'org/name'],
  ['/v1/models/%E0%A4', undefined],
  ['/v1/models', undefined],
  ['/v1/models/', undefined],
])('%s names %s', (path, name) => {
  expect(modelNameOf(path)).toBe(name);
});
