import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packagePath } from '../../src/cli/package-path.js';
import { freePort } from '../../src/cli/ports.js';
import { waitFor } from '../../src/cli/wait.js';
import { ensureBuilt } from '../support/built.js';
import { blocksOf, commandsOf, installCommand } from '../support/docs.js';

/** Where the documents say that a service answers. */
const ADMIN = '127.0.0.1:9900';
/** Each kind of command in the documents, and what it has to print. */
const PRINTS: readonly (readonly [command: RegExp, output: RegExp])[] = [
  [/^sextant models verify/, /encoder/],
  [/^sextant k8s render .*--out /, /^$/],
  [/^sextant train head /, /accuracy/i],
  [/^sextant train router /, /^60 rows, 2 models; measured on one part of five/],
  [
    /^sextant tune signal /,
    /^6 rows, 3 of which should match[\s\S]*^tuned: threshold 0\.\d+ .* F1 [01]\.\d+$[\s\S]*^write threshold: /m,
  ],
  [/^sextant eval .*--json$/, /^\{"n":\d+,.*\}\n$/],
  [/^sextant eval /, /accuracy/i],
  [/sextant classify .*--json$/, /^\{"encoder":.*\}\n$/],
  [/^sextant classify /, /^verdict +(benign|attack) /m],
  [/^sextant cache warm /, /^warmed 3, refused 0\n$/],
  [/^sextant cache search .*xargs sextant cache \w+$/, /^(?:id +|pinned |unpinned |evicted )/],
  [/^sextant cache (?:list|search) /, /return a pair of shoes/],
  [/^sextant cache stats/, /^entries +3$/m],
  [/^sextant cache export /, /^exported 3 entries/],
  [/^sextant cache flush /, /^flushed/],
  [/^sextant cache import /, /^imported 3, expired 0, refused 0\n$/],
  [/^sextant explain .* --diff /, /^decision +\S+ → \S+$/m],
  [/^sextant explain .*--json$/, /^\{"route":.*\}\n$/],
  [/^sextant explain /, /^outcome +upstream → /m],
  [/^openssl rand /, /^$/],
  [/^sextant learning --token-file /, /^german: 0 outcomes/],
  [/^curl .*\/access /, /^\{"sign_in":"none","role":"operate","prompts":"shown"\}\n$/],
  [/^sextant learning$/, /^german: 0 outcomes[\s\S]*^ {2}small-general +0 \(0\.0 %\)/m],
  [/^sextant learning rollback /, /^german knows again what it knew at version 0$/m],
  [/^sextant replay .*--json$/, /^\{"rows":1,"compared":1,.*\}\n$/],
  [/^sextant replay /, /^rows +1 recorded, 1 compared$/m],
  [/^sextant check .*--json$/, /^\{"file":.*"good":true.*\}\n$/],
  [/^sextant check /, /good \(/],
  [/^sextant completion .*> /, /^$/],
  [/^curl .*\/live$/, /^\{"at":.*"exchanges":\[\]\}\n$/],
  [/^curl .*\/config$/, /^\{"file":.*"default_model":"small-general".*\}\n$/],
  [/^curl .*\/explain /, /^\{"route":.*"path":"upstream".*\}\n$/],
  [/^curl .*\/classify /, /^\{"encoder":.*"verdict":"benign".*\}\n$/],
];

const SMALL_POOL =
  'models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }]\ndefault_model: small\n';

const execute = promisify(execFile);
let folder: string;
let bin: string;
let port: number;
let service: ChildProcess;

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'sextant-docs-'));
  bin = installCommand(folder);
  writeFileSync(join(folder, 'letter.txt'), 'Dear Ada,\n\nthe harvest was good. See you on Monday.\n');
  writeFileSync(join(folder, 'mine.csv'), blocksOf('docs/models.md', 'csv').join(''));
  writeFileSync(join(folder, 'check.jsonl'), blocksOf('docs/models.md', 'jsonl').join(''));
  writeFileSync(join(folder, 'outcomes.jsonl'), outcomes().join('\n'));
  writeFileSync(join(folder, 'prices.json'), '{"pool": {"small": 8, "large": 70}}');
  writeFileSync(join(folder, 'answers.jsonl'), blocksOf('docs/semantic-cache.md', 'jsonl').join(''));
  writeFileSync(join(folder, 'returns.csv'), blocksOf('docs/signals-and-decisions.md', 'csv').join(''));
  const [, policy = ''] = blocksOf('docs/signals-and-decisions.md', 'yaml');
  writeFileSync(join(folder, 'tuned.yaml'), SMALL_POOL + policy);
  writePolicies();
  port = await freePort(0);
  service = serve();
  const { signal } = new AbortController();
  const url = `http://127.0.0.1:${port}/readyz`;
  await waitFor({ url, what: 'Sextant', timeoutMs: 30_000, log: () => undefined, signal });
}, 180_000);

afterAll(async () => {
  const ended = once(service, 'exit');
  service.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

/** Two policies, a conversation, and the record of one request, as docs/explain.md names them. */
function writePolicies(): void {
  const recipe = readFileSync(packagePath('recipes/demo/sextant.yaml'), 'utf8');
  writeFileSync(join(folder, 'sextant.yaml'), recipe);
  writeFileSync(
    join(folder, 'other.yaml'),
    recipe.replace('name: code\n    priority: 100', 'name: programs\n    priority: 100'),
  );
  const messages = [{ role: 'user', content: 'Write a unit test for this.' }];
  writeFileSync(join(folder, 'conversation.json'), JSON.stringify({ messages }));
  const row = {
    ...{
      id: 'a',
      at_ms: 0,
      route: 'default',
      api: 'chat',
      virtual_model: 'auto',
      decision: 'code',
      model: 'coder',
    },
    ...{ path: 'upstream', cache: 'miss', similarity: null, prompt_tokens: 20, completion_tokens: 100 },
    ...{
      ask_hash: '',
      tenant_hash: null,
      signals: {},
      prompt: { kind: 'plain', body: { model: 'auto', messages } },
    },
  };
  const lines = [{ sextant_recording: 1, signals: {} }, row].map((line) => JSON.stringify(line));
  writeFileSync(join(folder, 'requests.jsonl'), `${lines.join('\n')}\n`);
}

function serve(): ChildProcess {
  const sets = [
    `extproc.socket=${join(folder, 'extproc.sock')}`,
    `admin.port=${port}`,
    'admin.show_prompts=true',
    'learning.enabled=true',
  ];
  const recipe = packagePath('recipes/demo/sextant.yaml');
  const argv = ['serve', '--config', recipe, ...sets.flatMap((set) => ['--set', set])];
  return spawn(process.execPath, [packagePath('dist/cli.js'), ...argv], { stdio: 'ignore' });
}

/** What two models made of sixty questions, as docs/routing.md describes the rows. */
function outcomes(): readonly string[] {
  return Array.from({ length: 60 }, (_, at) => {
    const hard = at % 2 === 0;
    const question = hard
      ? `Prove the theorem on rings of order ${at}.`
      : `Name the capital of country ${at}.`;
    const row = {
      question,
      correct: { small: hard ? 0 : 1, large: 1 },
      output_tokens: { small: 40, large: 60 },
    };
    return JSON.stringify(row);
  });
}

async function run(command: string): Promise<string> {
  const line = command.replace(ADMIN, `127.0.0.1:${port}`);
  const env = {
    ...process.env,
    SEXTANT_ADMIN: `http://127.0.0.1:${port}`,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
  };
  const { stdout } = await execute('/bin/sh', ['-c', line], { cwd: folder, env });
  return stdout;
}

describe.each([
  ['docs/admin.md', 3],
  ['docs/classify.md', 5],
  ['docs/cli.md', 3],
  ['docs/dashboard.md', 2],
  ['docs/explain.md', 6],
  ['docs/kubernetes.md', 1],
  ['docs/learning.md', 2],
  ['docs/models.md', 5],
  ['docs/routing.md', 3],
  ['docs/semantic-cache.md', 11],
  ['docs/signals-and-decisions.md', 1],
])('the commands of %s do what it says', (path, count) => {
  const commands = commandsOf(path);
  test('are found', () => expect(commands).toHaveLength(count));
  test.each(commands)(
    '%s',
    async (command) => {
      const wanted = PRINTS.find(([kind]) => kind.test(command))?.[1];
      expect(await run(command)).toMatch(wanted ?? /no such kind of command/);
    },
    60_000,
  );
});

test('the command and the service say the same of a text', async () => {
  const text = 'Write to ada@example.org about the new contract.';
  const [byCommand, byService] = await Promise.all([
    run(`sextant classify '${text}' --json`),
    run(`curl -sS http://${ADMIN}/classify -H 'content-type: application/json' -d '{"text":"${text}"}'`),
  ]);
  const timeless = { ms: null, memo_hits: null };
  expect({ ...JSON.parse(byService), ...timeless }).toEqual({ ...JSON.parse(byCommand), ...timeless });
});

test('the fields that docs/classify.md lists are those of the JSON', async () => {
  const table = readFileSync(packagePath('docs/classify.md'), 'utf8').split('## The JSON')[1] ?? '';
  const listed = Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ({ 1: name }) => name);
  expect(listed).toEqual(Object.keys(JSON.parse(await run('sextant classify hello --json'))));
});
