import { describe, expect, test } from '@jest/globals';
import { endpointOf, parseBackend, urlOf } from '../../../src/cli/backend.js';
import { guessModel } from '../../../src/cli/guess-model.js';

describe('the name of a model lets one guess', () => {
  test.each([
    ['Qwen/Qwen2.5-7B-Instruct', 7],
    ['meta-llama/Llama-3.1-405B', 405],
    ['Qwen3-30B-A3B', 3],
    ['mistralai/Mixtral-8x7B-v0.1', 14],
    ['gemma-3-270m', 0.27],
    ['qwen2.5:0.5b', 0.5],
    ['phi-4', undefined],
    ['model-128k', undefined],
    ['b', undefined],
  ])('how large %s is: %s', (name, parametersB) => {
    expect(guessModel(name).parametersB).toBe(parametersB);
  });

  test('which is the smaller one, by number or by word', () => {
    const names = ['gpt-large', 'llama-70b', 'anything', 'qwen-1.5b', 'some-mini', 'llama-405b-thinking'];
    const sorted = names.toSorted((a, b) => guessModel(a).rank - guessModel(b).rank);
    expect(sorted).toEqual([
      'some-mini',
      'qwen-1.5b',
      'anything',
      'llama-70b',
      'llama-405b-thinking',
      'gpt-large',
    ]);
  });

  test.each([
    ['bge-m3', false, false],
    ['text-embedding-3-small', false, false],
    ['jina-reranker-v2', false, false],
    ['Qwen2.5-Coder-32B', true, true],
    ['codestral-22b', true, true],
    ['llama-8b', true, false],
  ])('whether %s answers, and whether it is for code', (name, answers, codes) => {
    expect(guessModel(name)).toMatchObject({ answers, codes });
  });
});

describe('a backend', () => {
  test.each([
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000'],
    ['https://models.example/', 'https://models.example:443'],
    ['http://models.example', 'http://models.example:80'],
    ['  models.example:8000 ', 'http://models.example:8000'],
    ['http://[::1]:8000/v1/', 'http://[::1]:8000'],
  ])('%s is %s', (text, url) => {
    const backend = parseBackend(text);
    if (typeof backend === 'string') throw new Error(backend);
    expect(urlOf(backend)).toBe(url);
    expect(url.endsWith(endpointOf(backend))).toBe(true);
  });

  test.each([
    ['', 'is no address'],
    ['ftp://models.example', 'is no address'],
    ['http://me:secret@models.example', '--key-env'],
    ['http://models.example/openai/v1', 'has a path'],
    ['http://models.example/?key=1', 'has a path'],
    ['http://models.example:0', 'no usable host and port'],
  ])('%j is none, and is told why', (text, why) => {
    expect(parseBackend(text)).toEqual(expect.stringContaining(why));
  });
});
