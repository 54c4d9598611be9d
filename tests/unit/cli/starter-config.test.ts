import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AskedBackend, foundModels } from '../../../src/cli/found-models.js';
import { rolesOf, type Starter, starterConfig } from '../../../src/cli/starter-config.js';
import { inspectText } from '../../../src/config/inspect.js';
import { goodOf } from '../../support/config.js';

function asked(port: number, ...models: readonly Partial<AskedBackend['models'][number]>[]): AskedBackend {
  return {
    backend: { address: '127.0.0.1', port, tls: false },
    cluster: undefined,
    models: models.map((model) => ({
      ...{ id: 'm', root: undefined, parent: undefined, contextTokens: undefined },
      ...model,
    })),
  };
}

function starter(from: readonly AskedBackend[], more: Partial<Starter> = {}): Starter {
  return {
    models: foundModels(from),
    from: 'http://127.0.0.1:1',
    schema: './sextant.schema.json',
    listen: { address: '127.0.0.1', port: 8801 },
    extproc: '{ socket: ./sextant.sock }',
    bodyBytesMax: undefined,
    keyEnv: undefined,
    ...more,
  };
}

function configOf(from: readonly AskedBackend[], more: Partial<Starter> = {}) {
  const inspected = goodOf(inspectText(starterConfig(starter(from, more)), '/etc/sextant.yaml'));
  expect(inspected.faults).toEqual([]);
  expect(inspected.notes).toEqual([]);
  return inspected.config;
}

describe('what servers say of their models', () => {
  test('names of one model are one, and an adapter belongs to its base', () => {
    const found = foundModels([
      asked(
        1,
        { id: 'base', root: '/models/base', contextTokens: 4096 },
        { id: 'auto', root: '/models/base', contextTokens: 4096 },
        { id: 'sql', root: '/adapters/sql', parent: 'base' },
      ),
    ]);
    expect(found).toMatchObject([
      { name: 'base', aliases: ['auto'], contextTokens: 4096, base: undefined, cluster: undefined },
      { name: 'sql', aliases: [], base: 'base', cluster: 'base' },
    ]);
  });

  test('models of the same servers name them in the same order, whoever was asked first', () => {
    const found = foundModels([
      asked(2, { id: 'a' }),
      asked(1, { id: 'b' }, { id: 'a' }),
      asked(2, { id: 'b' }),
    ]);
    expect(found).toMatchObject([
      { name: 'a', endpoints: ['127.0.0.1:2', '127.0.0.1:1'], cluster: undefined },
      { name: 'b', endpoints: ['127.0.0.1:2', '127.0.0.1:1'], cluster: 'a' },
    ]);
  });

  test("a model that only some servers of Envoy's cluster know gets a cluster of its own", () => {
    const of = (port: number, ...ids: readonly string[]) => ({
      ...asked(port, ...ids.map((id) => ({ id }))),
      cluster: 'pool',
    });
    const found = foundModels([of(1, 'b', 'a'), of(2, 'a')]);
    expect(found).toMatchObject([
      { name: 'b', endpoints: ['127.0.0.1:1'], cluster: undefined },
      { name: 'a', endpoints: ['127.0.0.1:1', '127.0.0.1:2'], cluster: 'pool' },
    ]);
  });

  test('a model that several serve is one pool, with the smallest context of them', () => {
    const found = foundModels([
      asked(1, { id: 'a', contextTokens: 4096 }, { id: 'x', contextTokens: 1 }),
      asked(2, { id: 'a', contextTokens: 2048 }),
    ]);
    expect(found).toMatchObject([
      { name: 'a', endpoints: ['127.0.0.1:1', '127.0.0.1:2'], contextTokens: 2048, cluster: undefined },
      { name: 'x', endpoints: ['127.0.0.1:1'], cluster: undefined },
    ]);
  });

  test('what embeds has no part in it', () => {
    expect(foundModels([asked(1, { id: 'bge-m3' })])).toEqual([]);
  });
});

describe('the config to begin with', () => {
  const POOLS = [
    asked(1, { id: 'llama-8b', contextTokens: 8192 }),
    asked(2, { id: 'llama-405b', contextTokens: 131_072 }),
    asked(3, { id: 'coder-32b', contextTokens: 32_768 }),
  ];

  test('sends what is hard to the largest, code to the coder, the rest to the smallest', () => {
    const { defaultModel, decisions, models } = configOf(POOLS);
    expect(defaultModel.name).toBe('llama-8b');
    expect(decisions.map(({ name, action }) => [name, action.kind === 'route' ? action.models : []])).toEqual(
      [
        ['code', ['coder-32b']],
        ['hard', ['llama-405b']],
        ['long', ['llama-405b']],
      ],
    );
    expect(models.map(({ contextWindow }) => contextWindow)).toEqual([8192, 32_768, 131_072]);
  });

  test('begins with the line by which editors complete it, and says what is a guess', () => {
    const text = starterConfig(starter(POOLS));
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./sextant.schema.json');
    expect(text).toContain('parameters_b: 405 # a guess by its name');
    expect(text).toContain('--served-model-name llama-8b auto');
  });

  test('takes over keys, certificates and the buffer of an Envoy', () => {
    const tls = POOLS.map((each) => ({ ...each, backend: { ...each.backend, tls: true } }));
    const { models, limits } = configOf(tls, { keyEnv: 'POOL_KEY', bodyBytesMax: 65_536 });
    expect(limits.bodyBytesMax).toBe(65_536);
    expect(models[0]?.pool).toMatchObject({
      tls: { serverName: '127.0.0.1' },
      credentials: { from: 'env', name: 'POOL_KEY' },
    });
  });

  test('is good whatever servers say', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_./:@+-]{0,20}$/);
    const model = fc.record({
      id: fc.oneof(name, fc.constantFrom('auto', 'null', 'a', 'b', 'x-7b', 'coder-1b')),
      root: fc.option(fc.constantFrom('r1', 'r2'), { nil: undefined }),
      parent: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      contextTokens: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
    });
    const server = fc.record({
      port: fc.integer({ min: 1, max: 4 }),
      models: fc.array(model, { minLength: 1, maxLength: 4 }),
      cluster: fc.option(fc.constantFrom('pool', 'x-7b'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(server, { minLength: 1, maxLength: 4 }), (servers) => {
        const from = servers.map(({ port, models, cluster }) => ({ ...asked(port, ...models), cluster }));
        const found = foundModels(from);
        if (found.length === 0) return;
        const { defaultModel } = configOf(from);
        expect(defaultModel.name).toBe(rolesOf(found).small.name);
      }),
      { numRuns: 60 },
    );
  });
});
