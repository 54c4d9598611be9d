import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { freePort } from '../../src/cli/ports.js';
import { createSextant, type SextantConfig, SextantStartError } from '../../src/index.js';
import { ensureBuilt } from '../support/built.js';
import { blocksOf } from '../support/docs.js';
import { installInto } from '../support/installed.js';
import { listening } from '../support/ports.js';

const execute = promisify(execFile);
let folder: string;
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'sextant-program-'));
  installInto(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function policy(name: string): SextantConfig {
  return {
    models: [{ name: 'small', endpoints: ['127.0.0.1:9'], context_window: 32_000 }],
    default_model: 'small',
    extproc: { socket: join(folder, `${name}.sock`) },
    admin: { port: 0 },
    probe: { port: 0 },
  };
}

/** As docs/programmatic.md shows it, and more. */
const PROGRAM = `
import { createSextant, SextantStartError } from 'sextant';

const config = JSON.parse(process.argv[2]);
const sextant = await createSextant({ config });
const status = async (url, init) => (await fetch(url, init)).status;
const headers = { 'content-type': 'application/json' };
const seen = {
  extproc: sextant.extprocAddress,
  ready: await status(sextant.probeUrl + '/readyz'),
  hidden: await status(sextant.probeUrl + '/classify', { method: 'POST', headers, body: '{"text":"Hi"}' }),
  classify: await status(sextant.adminUrl + '/classify', { method: 'POST', headers, body: '{"text":"Hi"}' }),
  envoy: (await sextant.envoyYaml()).includes('ext_proc'),
};
const again = await createSextant({ config }).catch((error) => error);
seen.again = [again instanceof SextantStartError, again.code];
await sextant.close();
await sextant.close();
const second = await createSextant({ config, lameDuckMs: 0 });
await second.drain();
await second.close();
seen.gone = await status(sextant.adminUrl + '/healthz').catch(() => 'closed');
const wrong = await createSextant({ yaml: 'modles: []' }).catch((error) => error);
seen.wrong = [wrong instanceof SextantStartError, wrong.code, wrong.problems.length > 0];
console.log(JSON.stringify(seen));
`;

test('the installed package starts, serves, stops and lets the program end, and says nothing by itself', async () => {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, PROGRAM);
  const argv = [file, JSON.stringify(policy('child'))];
  const { stdout, stderr } = await execute(process.execPath, argv, { cwd: folder });
  expect(stderr).toBe('');
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toEqual({
    ...{ extproc: `unix:${join(folder, 'child.sock')}`, ready: 200, hidden: 404, classify: 200, envoy: true },
    again: [true, 'address_in_use'],
    gone: 'closed',
    wrong: [true, 'invalid_config', true],
  });
}, 90_000);

test('the program of docs/programmatic.md runs', async () => {
  const [block = ''] = blocksOf('docs/programmatic.md', 'js');
  const port = await freePort(0);
  const file = join(folder, 'documented.mjs');
  writeFileSync(file, block.replace('50_051', String(port)));
  const { stdout, stderr } = await execute(process.execPath, [file], { cwd: folder });
  expect([stdout, stderr]).toEqual([`127.0.0.1:${port} 200\n`, '']);
}, 60_000);

const TYPED = `
import { createSextant, type Sextant, type SextantConfig, SextantStartError } from 'sextant';

const config: SextantConfig = {
  models: [{ name: 'small', endpoints: ['127.0.0.1:9000'], context_window: 32_000 }],
  default_model: 'small',
};
export const sextant: Sextant = await createSextant({ config, logger: { info() {}, warn() {}, error() {} } });
export const probe: string | undefined = sextant.probeUrl;
export const isOurs = (error: unknown) => error instanceof SextantStartError && error.problems[0]?.line === 1;
// @ts-expect-error A key that is not there.
await createSextant({ config: { ...config, modles: [] } });
// @ts-expect-error A policy must come from somewhere.
await createSextant({});
// @ts-expect-error Only the entry is public.
import('sextant/dist/app.js');
`;

test('a strict program sees the types of the installed package', () => {
  const file = join(folder, 'typed.mts');
  writeFileSync(file, TYPED);
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    typeRoots: [join(folder, 'node_modules/@types')],
  });
  // What other packages declare is their affair, and takes most of the time.
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => /typed\.mts$|\/sextant\/dist\//.test(fileName));
  expect(ours.length).toBeGreaterThan(3);
  const found = [
    ...program.getOptionsDiagnostics(),
    ...ours.flatMap((source) => program.getSemanticDiagnostics(source)),
  ];
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
}, 60_000);

describe('a service that does not start says why', () => {
  let occupant: Server;
  let taken: number;
  beforeAll(async () => {
    occupant = createServer();
    taken = await listening(occupant);
  });
  afterAll(() => void occupant.close());

  async function failure(options: Parameters<typeof createSextant>[0]): Promise<SextantStartError> {
    const thrown = await createSextant(options).catch((error: unknown) => error);
    if (thrown instanceof SextantStartError) return thrown;
    throw new Error(`it started, or threw ${String(thrown)}`);
  }

  test.each<[string, () => SextantConfig]>([
    ['the admin listener', () => ({ ...policy('a'), admin: { port: taken } })],
    ['the probe listener', () => ({ ...policy('b'), probe: { port: taken } })],
    ['ext_proc', () => ({ ...policy('c'), extproc: { port: taken } })],
  ])('where the port of %s is taken', async (_, config) => {
    const error = await failure({ config: config() });
    expect(error).toMatchObject({ code: 'address_in_use', problems: [], name: 'SextantStartError' });
    expect(error.message).toContain(String(taken));
  });

  test('where there is no model', async () => {
    const error = await failure({ config: { ...policy('d'), encoder: { path: join(folder, 'none') } } });
    expect(error).toMatchObject({ code: 'cannot_start', cause: expect.anything() });
  });

  test('where the policy is wrong, with every problem', async () => {
    const config = { ...policy('e'), default_model: 'none', admin: { address: '0.0.0.0' } };
    const error = await failure({ config, folder: '/etc/sextant' });
    expect(error.code).toBe('invalid_config');
    expect(error.problems.map(({ path }) => path).sort()).toEqual(['admin.address', 'default_model']);
    expect(error.message).toContain('/etc/sextant/sextant.yaml:');
    expect((await failure({ file: join(folder, 'none.yaml') })).problems).toHaveLength(1);
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect((await failure({ config: circular as unknown as SextantConfig })).code).toBe('invalid_config');
    expect((await failure({ config: undefined as unknown as SextantConfig })).code).toBe('invalid_config');
  });
});

test('a service in this process serves the policy of a text, logs to whoever wants it, and stops once', async () => {
  const lines: string[] = [];
  const note = (_: object, message: string) => void lines.push(message);
  const sextant = await createSextant({
    yaml: JSON.stringify({ ...policy('f'), probe: undefined }),
    folder,
    logger: { info: note, warn: note, error: note },
    lameDuckMs: 0,
  });
  expect(sextant.probeUrl).toBeUndefined();
  expect((await fetch(`${sextant.adminUrl}/readyz`)).status).toBe(200);
  expect(lines).toContain('sextant is ready');
  await Promise.all([sextant.drain(), sextant.drain(), sextant.close()]);
  await sextant.close();
  await expect(fetch(`${sextant.adminUrl}/readyz`)).rejects.toThrow();
}, 60_000);
