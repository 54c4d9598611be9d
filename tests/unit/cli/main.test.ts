import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packagePath } from '../../../src/cli/package-path.js';
import { sextant } from '../../support/sextant.js';

const RECIPE = packagePath('recipes/demo/sextant.yaml');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** An Envoy that has a version and judges every configuration the same way. */
function fakeEnvoy(verdict: string): string {
  return file(
    `envoy-${verdict.length}`,
    `#!/bin/sh\ncase "$1" in --version) echo "envoy version: 0a1b/1.40.0/Clean"; exit 0;; esac\n${verdict}\n`,
    0o755,
  );
}

describe('help', () => {
  test.each([
    ['serve'],
    ['demo'],
    ['check'],
    ['schema'],
    ['envoy', 'render'],
    ['envoy', 'validate'],
    ['envoy', 'path'],
    ['models', 'verify'],
    ['train', 'head'],
    ['eval', 'domain'],
    ['eval', 'pii'],
    ['eval', 'cache'],
    ['eval', 'all'],
    ['classify'],
    ['explain'],
    ['replay'],
    ['simulator'],
  ])('of %s %s has an example and names the exit statuses', async (...verb) => {
    const { status, out } = await sextant(...verb, '--help');
    expect(status).toBe(0);
    expect(out).toContain(`$ sextant ${verb.join(' ')}`);
    expect(out).toContain('Exit status: 0 done, 1 failed, 2 called wrongly.');
  });

  test.each([[[]], [['envoy']], [['models']], [['train']], [['eval']]])(
    'stands in for a missing verb: %j',
    async (argv) => {
      const { status, err } = await sextant(...argv);
      expect(status).toBe(2);
      expect(err).toContain('Usage: sextant');
    },
  );

  test.each([
    [['nope'], 'unknown command'],
    [['serve'], '--config'],
    [['schema', '--colour'], 'unknown option'],
    [['check'], 'missing required argument'],
    [['simulator', '--name', 'a', '--port', '70000'], 'A port is a number'],
    [['simulator', '--name', 'a', '--ttft-ms', 'soon'], 'Not a number'],
    [['envoy', 'validate'], 'Name either an Envoy YAML file'],
    [['envoy', 'render', '--config', 'x', '--set', 'nonsense'], '--set takes PATH=VALUE'],
    [['envoy', 'render', '--config', 'x', '--set', 'a=[1'], '--set a: the value is not YAML'],
  ])('%j is called wrongly', async (argv, message) => {
    const { status, err } = await sextant(...argv);
    expect(err).toContain(message);
    expect(status).toBe(2);
  });
});

describe('check', () => {
  test('says that the recipe of the demonstration is good', async () => {
    expect(await sextant('check', RECIPE)).toMatchObject({
      status: 0,
      out: expect.stringMatching(/good \(3 models/),
    });
  });

  test('points at every problem with file, line and column', async () => {
    const path = file('bad.yaml', 'models:\n  - name: a\n    endpoints: ["nowhere"]\ndefault_model: b\n');
    const { status, err } = await sextant('check', path);
    expect(status).toBe(1);
    const places = err.split('\n').filter((line) => line.startsWith(`${path}:`));
    expect(places.length).toBeGreaterThan(1);
    for (const place of places) expect(place.slice(path.length)).toMatch(/^:[1-4]:\d+: /);
  });

  test('refuses a policy in which a decision is never reached, and notes what nobody asks for', async () => {
    const path = file(
      'hidden.yaml',
      'models: [{ name: a, endpoints: ["127.0.0.1:1"], context_window: 10 }]\ndefault_model: a\n' +
        'signals:\n  - { name: w, type: keyword, any_of: [x] }\n  - { name: idle, type: reask }\n' +
        'decisions:\n  - { name: all, priority: 2, when: always, models: [a] }\n' +
        '  - { name: late, priority: 1, when: w, models: [a] }\n',
    );
    const { status, err } = await sextant('check', path);
    expect(status).toBe(1);
    expect(err).toContain(`${path}:5:13: signals[1].name: note: no rule looks at this signal`);
    expect(err).toContain(`${path}:8:38: decisions[1].when: Decision "late" is never reached`);
  });

  test('says what is wrong with a file that is not there', async () => {
    const { status, err } = await sextant('check', join(folder, 'ghost.yaml'));
    expect([status, err.includes('there is no such file')]).toEqual([1, true]);
  });
});

describe('tune signal', () => {
  const policy = (signals: string) =>
    file(
      'tune.yaml',
      `models: [{ name: a, endpoints: ["127.0.0.1:1"], context_window: 10 }]\ndefault_model: a\nsignals:\n${signals}`,
    );
  const SIGNALS =
    '  - { name: returns, type: bm25, words: [return, refund], threshold: 9 }\n  - { name: again, type: reask }\n' +
    '  - { name: short, type: structure, feature: words, max: 5 }\n';
  const ROWS = 'text,label\nreturn it,returns\nget a refund please,returns\nhello there,other\n';
  const run = (...more: string[]) =>
    sextant('tune', 'signal', '--config', policy(SIGNALS), '--data', file('tune.csv', ROWS), ...more);

  test('says which threshold tells the rows apart', async () => {
    const { status, out } = await run('--signal', 'returns', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      signal: 'returns',
      n: 3,
      positive: 2,
      unknown: 0,
      current: {
        threshold: 9,
        f1: 0,
        confusion: [
          [1, 0],
          [2, 0],
        ],
      },
      tuned: {
        f1: 1,
        confusion: [
          [1, 0],
          [0, 2],
        ],
      },
    });
    expect((await run('--signal', 'returns')).out).toMatch(/^write threshold: \d/m);
  });

  test.each([
    [['--signal', 'retruns'], 2, 'did you mean "returns"?'],
    [['--signal', 'again'], 2, 'cannot be tuned by single texts'],
    [['--signal', 'short'], 2, 'only a lower one can be tuned'],
    [['--signal', 'returns', '--positive', 'yes'], 1, 'no row has the label "yes"'],
    [['--signal', 'returns', '--label', 'is'], 1, 'there is no column "is"'],
  ])('%j: %d', async (more, expected, complaint) => {
    const { status, err } = await run(...more);
    expect({ status, said: err.includes(complaint) }).toEqual({ status: expected, said: true });
  });
});

test('schema prints a JSON Schema', async () => {
  const { status, out } = await sextant('schema');
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ title: 'sextant.yaml', type: 'object' });
});

describe('envoy', () => {
  test('render writes to standard output or to a file, with values put in by --set', async () => {
    const { out } = await sextant('envoy', 'render', '--config', RECIPE, '--set', 'listen.port=18801');
    expect(out).toContain('port_value: 18801');
    const target = join(folder, 'envoy.yaml');
    const written = await sextant('envoy', 'render', '--config', RECIPE, '--out', target);
    expect([written.status, written.out]).toEqual([0, '']);
    expect(readFileSync(target, 'utf8')).toContain('port_value: 8801');
    const nowhere = await sextant(
      'envoy',
      'render',
      '--config',
      RECIPE,
      '--out',
      join(folder, 'no', 'such', 'file'),
    );
    expect([nowhere.status, nowhere.err.includes('cannot be written')]).toEqual([1, true]);
  });

  test('validate hands the rendered file to Envoy and reports its verdict', async () => {
    const good = fakeEnvoy('grep -q extproc "$6" && exit 0; exit 9');
    expect((await sextant('envoy', 'validate', '--config', RECIPE, '--envoy', good)).out).toContain(
      'accepts',
    );
    const bad = fakeEnvoy('echo "no such field" >&2; exit 1');
    const refused = await sextant('envoy', 'validate', file('some.yaml', 'a: 1'), '--envoy', bad);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain('Envoy refuses the configuration:\nno such field');
  });

  test('path prints the binary alone on standard output', async () => {
    const envoy = fakeEnvoy('exit 0');
    const { status, out, err } = await sextant('envoy', 'path', '--envoy', envoy);
    expect([status, out]).toEqual([0, envoy]);
    expect(err).toContain('Envoy 1.40.0');
  });
});

describe('models verify', () => {
  test('lists the hashes of the shipped models, and names a file that was altered', async () => {
    const good = await sextant('models', 'verify');
    expect(good.status).toBe(0);
    expect(good.out).toMatch(/^[0-9a-f]{64} {2}encoder\//);
    const manifest = JSON.parse(readFileSync(packagePath('models/manifest.json'), 'utf8')) as object;
    file('manifest.json', JSON.stringify(manifest));
    const bad = await sextant('models', 'verify', '--folder', folder);
    expect(bad.status).toBe(1);
    expect(bad.err).toContain('model file "encoder/');
  });
});

test('a simulator that cannot listen says so', async () => {
  const { status, err } = await sextant(
    'simulator',
    '--name',
    'a',
    '--address',
    '203.0.113.1',
    '--port',
    '9',
  );
  expect(status).toBe(1);
  expect(err).toContain('Choose another --port');
});

test('a simulator runs until it is told to stop', async () => {
  const before = process.listenerCount('SIGHUP');
  const running = sextant('simulator', '--name', 'a', '--alias', 'auto', '--alias', 'b');
  while (process.listenerCount('SIGHUP') === before) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.emit('SIGHUP');
  expect(await running).toMatchObject({ status: 0, out: expect.stringMatching(/^simulator of a at http:/) });
});

test('a demonstration on a taken port starts nothing that stays', async () => {
  const envoy = fakeEnvoy('exit 0; : unused');
  const { startSimulator } = await import('../../../src/simulator/server.js');
  const taken = await startSimulator({ name: 'x', port: 0, ttftMs: 0, tokensPerSecond: 0 });
  const { status, err } = await sextant('demo', '--envoy', envoy, '--port', String(taken.port));
  await taken.close();
  expect(status).toBe(1);
  expect(err).toContain(`Port ${taken.port} is taken`);
});
