import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packagePath } from '../../../src/cli/package-path.js';
import { heard, patiently } from '../../../src/cli/patience.js';
import { sextantProgram } from '../../../src/cli/program.js';
import { ensureBuilt } from '../../support/built.js';
import { sextant } from '../../support/sextant.js';
import { everyVerb, wordsOf } from '../../support/verbs.js';

const VERBS = everyVerb();

describe.each(VERBS.map((verb) => [verb.join(' ')]))('sextant %s', (name) => {
  const verb = name.split(' ');

  test('has help with an example, --json and the exit statuses', async () => {
    const { status, out, err } = await sextant(...verb, '--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain(`$ sextant ${name}`);
    expect(out).toMatch(/^ +--json +\S/m);
    expect(out).toContain('Exit status: 0 done, 1 failed, 2 called wrongly.');
    expect(out).not.toContain('\x1b');
  });

  test('can be called as its example says', async () => {
    const { out } = await sextant(...verb, '--help');
    const [, line = ''] = /^ {2}\$ sextant (.*)$/m.exec(out) ?? [];
    let called = 0;
    const count = () => async () => {
      called += 1;
    };
    const said: string[] = [];
    const say = (text: string): unknown => said.push(text);
    await sextantProgram(count, { out: say, err: say }).parseAsync([...wordsOf(line)], { from: 'user' });
    expect({ called, said }).toEqual({ called: 1, said: [] });
  });

  test('is called wrongly with an option that it does not have', async () => {
    const { status, out, err } = await sextant(...verb, '--no-such-option');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/unknown option '--no-such-option'|missing required argument|required option/);
  });
});

describe('a verb that fails', () => {
  const ghost = join(tmpdir(), 'no-such-folder', 'ghost');

  test.each([
    [['serve', '--config', ghost]],
    [['envoy', 'render', '--config', ghost]],
    [['envoy', 'validate', '--config', ghost]],
    [['envoy', 'path', '--envoy', ghost]],
    [['k8s', 'render', '--config', ghost]],
    [['k8s', 'drain', '--admin-port', '9', '--after', '1', '--within', '1']],
    [['cache', 'list', '--config', ghost]],
    [['cache', 'stats', '--admin', 'http://127.0.0.1:9']],
    [['learning', '--admin', 'http://127.0.0.1:9']],
    [['explain', 'hello', '--config', ghost]],
    [['replay', ghost, '--config', ghost]],
    [['classify', '--file', ghost]],
    [['train', 'head', '--data', ghost, '--label', 'a', '--out', ghost]],
    [['tune', 'signal', '--config', ghost, '--signal', 'a', '--data', ghost]],
    [['eval', 'domain', '--data', ghost]],
    [['simulator', '--name', 'a', '--address', '203.0.113.1']],
  ])('%j ends with 1, and with --json in one line of it', async (argv) => {
    const plain = await sextant(...argv);
    const { status, out, err } = await sextant(...argv, '--json');
    expect([plain.status, status, plain.out, out]).toEqual([1, 1, '', '']);
    const line = err.split('\n').at(-1) ?? '';
    expect(JSON.parse(line)).toEqual({ error: { message: expect.any(String), status: 1 } });
    expect(plain.err).toContain((JSON.parse(line) as { error: { message: string } }).error.message);
  });

  test.each([[['envoy', 'validate']], [['demo', '--recipe', 'no-such-recipe']]])(
    '%j says in the same way that it was called wrongly',
    async (argv) => {
      const { status, err } = await sextant(...argv, '--json');
      expect(status).toBe(2);
      expect(JSON.parse(err)).toEqual({ error: { message: expect.any(String), status: 2 } });
    },
  );
});

describe('--json', () => {
  const RECIPE = packagePath('recipes/demo/sextant.yaml');

  test('turns what is rendered into JSON that Envoy reads too', async () => {
    const { out } = await sextant('envoy', 'render', '--config', RECIPE, '--json');
    expect(JSON.parse(out)).toMatchObject({ static_resources: { listeners: [{ name: 'llm' }] } });
  });

  test('tells what check found, good or bad', async () => {
    const { status, out } = await sextant('check', RECIPE, '--json');
    expect([status, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ good: true, problems: [], counts: expect.objectContaining({ models: 3 }) }),
    ]);
    const ghost = await sextant('check', 'no-such-file.yaml', '--json');
    expect([ghost.status, JSON.parse(ghost.out)]).toEqual([
      1,
      {
        ...{ file: 'no-such-file.yaml', good: false, warnings: [], notes: [] },
        problems: [expect.objectContaining({ line: 1, column: 1 })],
      },
    ]);
    expect((await sextant('schema', '--json')).out).toMatch(/^\{.*"title":"sextant.yaml".*\}$/);
  });

  test('lists the models with their hashes, or what is wrong with them', async () => {
    const { out } = await sextant('models', 'verify', '--json');
    const { problems, models } = JSON.parse(out) as { problems: unknown; models: readonly object[] };
    expect([problems, models[0]]).toEqual([
      [],
      { name: 'encoder', licence: 'Apache-2.0', files: expect.any(Array) },
    ]);
    const nowhere = await sextant('models', 'verify', '--json', '--folder', tmpdir());
    expect(nowhere.status).toBe(1);
    expect(JSON.parse(nowhere.out)).toEqual({ problems: [expect.any(String)], models: [] });
  });
});

describe('patience', () => {
  test('says after a second that work goes on, unless the work says so itself', async () => {
    const said: string[] = [];
    const output = heard({ watched: true, out: (line) => said.push(line), err: (line) => said.push(line) });
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const status = await patiently(async () => {
      output.err('first');
      await pause(300);
      output.out('second');
      await pause(300);
      said.push('nothing was added');
      await pause(1500);
      return 7;
    }, output);
    expect({ status, said }).toEqual({
      status: 7,
      said: ['first', 'second', 'nothing was added', 'working …'],
    });
  });
});

test('nothing is said of silence where nobody watches', async () => {
  const said: string[] = [];
  const output = heard({ out: (line) => said.push(line), err: (line) => said.push(line) });
  await patiently(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1300));
    return 0;
  }, output);
  expect(said).toEqual([]);
});

describe('the help of every verb', () => {
  let folder: string;
  beforeAll(() => {
    ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'sextant-help-'));
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('loads the command line alone: no model, no gRPC, no schema', async () => {
    const hooks =
      "import { writeSync } from 'node:fs';" +
      "export function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); }";
    const asUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
    const tell = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(hooks))});`;
    const main = pathToFileURL(packagePath('dist/cli/main.js')).href;
    const helps = VERBS.map((verb) => [...verb, '--help']);
    const program =
      `import { main } from ${JSON.stringify(main)}; const quiet = { out() {}, err() {} }; let sum = 0;` +
      `for (const argv of ${JSON.stringify(helps)}) sum += await main(argv, quiet); console.log('status', sum);`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', asUrl(tell), '--input-type=module', '-e', program],
      { cwd: folder },
    );
    expect(stdout).toBe('status 0\n');
    const loaded = stderr.split('\n').filter((line) => line.startsWith('file:'));
    expect(loaded).toContain(main);
    const others = loaded.filter((url) => !/\/dist\/cli\/[\w-]+\.js$|\/node_modules\/commander\//.test(url));
    expect(others).toEqual([]);
  });
});
