import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { askModels } from '../../../src/cli/ask-models.js';
import { packagePath } from '../../../src/cli/package-path.js';
import { loadConfig } from '../../../src/config/load.js';
import { renderEnvoy } from '../../../src/render/envoy.js';
import { type Simulator, startSimulator } from '../../../src/simulator/server.js';
import { ensureBuilt } from '../../support/built.js';
import { goodOf } from '../../support/config.js';
import { listening } from '../../support/ports.js';
import { sextant } from '../../support/sextant.js';

let folder: string;
let small: Simulator;
let large: Simulator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-init-'));
  small = await startSimulator({
    name: 'llama-8b',
    aliases: ['auto'],
    port: 0,
    ttftMs: 0,
    tokensPerSecond: 0,
  });
  large = await startSimulator({ name: 'llama-405b', aliases: [], port: 0, ttftMs: 0, tokensPerSecond: 0 });
});
afterAll(async () => {
  await Promise.all([small.close(), large.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function init(file: string, ...more: string[]) {
  return sextant('init', join(folder, file), ...more);
}

describe('init', () => {
  test('writes a config that check finds good, and replaces none unless told to', async () => {
    const named = ['--backend', small.url, '--backend', `${large.url}/v1`];
    const { status, out, err } = await init('sextant.yaml', ...named);
    expect({ status, err }).toEqual({ status: 0, err: 'asking 2 servers for their models …' });
    expect(out).toContain('models by guess, smallest first: llama-8b, llama-405b');
    const file = join(folder, 'sextant.yaml');
    expect((await sextant('check', file)).status).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'sextant.schema.json'), 'utf8'))).toHaveProperty('title');
    writeFileSync(file, 'mine');
    expect(await init('sextant.yaml', ...named)).toMatchObject({
      status: 1,
      err: expect.stringContaining('--force'),
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const forced = await init('sextant.yaml', ...named, '--force', '--json');
    expect(forced.status).toBe(0);
    expect(JSON.parse(forced.out)).toMatchObject({
      guessed: { default: 'llama-8b', hard: 'llama-405b', code: null },
      default_knows_auto: true,
      models: [{ endpoints: [`127.0.0.1:${small.port}`] }, { endpoints: [`127.0.0.1:${large.port}`] }],
    });
    expect((await sextant('check', file)).status).toBe(0);
  });

  test('reads the clusters of an Envoy, and leaves out those that serve no models', async () => {
    const loaded = goodOf(loadConfig(join(folder, 'sextant.yaml')));
    const envoy = join(folder, 'envoy.yaml');
    const yaml = renderEnvoy(loaded)
      .replaceAll('llama-405b', 'big')
      .replace('port_value: 8801', 'port_value: 8899');
    const closed = yaml.replace(
      '  clusters:\n',
      '  clusters:\n    - name: other\n      load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 9 } } } }] }] }\n',
    );
    writeFileSync(envoy, closed);
    const { status, err } = await init('of-envoy.yaml', '--from-envoy', envoy);
    expect(status).toBe(0);
    expect(err).toContain('left out: http://127.0.0.1:9 refuses connections');
    const text = readFileSync(join(folder, 'of-envoy.yaml'), 'utf8');
    expect(text).toContain('cluster: "big"');
    expect(text).toContain('port: 8899');
    expect(text).toContain('body_bytes_max: 16777216');
    expect((await sextant('check', join(folder, 'of-envoy.yaml'))).status).toBe(0);
  });

  test.each([
    [[], 2, '--backend URL'],
    [['--backend', 'nowhere'], 2, 'is no address of a server'],
    [['--backend', 'http://127.0.0.1:9'], 1, 'refuses connections'],
    [['--backend', 'http://127.0.0.1:9', '--key-env', 'NO_SUCH_VARIABLE_HERE'], 2, 'no such variable'],
    [['--from-envoy', '/no/such/envoy.yaml'], 1, 'cannot be read as an Envoy configuration'],
  ])('%j ends with %d and writes nothing', async (more, expected, why) => {
    const { status, err } = await init('ghost.yaml', ...more);
    expect({ status, said: err.includes(why) }).toEqual({ status: expected, said: true });
    expect(existsSync(join(folder, 'ghost.yaml'))).toBe(false);
  });
});

describe('a server that is asked for its models', () => {
  let server: Server;
  let port: number;
  let answer: (path: string | undefined) => { readonly status: number; readonly body: string | undefined };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { status, body } = answer(request.headers.authorization);
      response.writeHead(status, { location: 'http://127.0.0.1:9/' });
      if (body !== undefined) response.end(body);
    });
    port = await listening(server);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const asking = (more = {}) => askModels({ address: '127.0.0.1', port, tls: false }, more);

  test.each([
    [401, '{}', 'it wants a key'],
    [302, '', 'it sends elsewhere'],
    [500, 'oops', 'answers 500'],
    [200, 'not JSON', 'no list of models'],
    [200, '{"data":7}', 'no list of models'],
    [200, 'x'.repeat(2 * 1024 * 1024), 'more than 1048576 bytes'],
    [200, undefined, 'does not answer within 0.2 s'],
  ])('and answers %d is told by name', async (status, body, why) => {
    answer = () => ({ status, body });
    const heard = await asking({ deadlineMs: body === undefined ? 200 : 5000 });
    expect(heard).toMatchObject({ kind: 'none', why: expect.stringContaining(why) });
  });

  test('hears the key, and names that no config could hold are left out', async () => {
    answer = (key) => ({
      status: 200,
      body: JSON.stringify({
        data: [
          { id: 'good', max_model_len: 4096 },
          { id: 'bad\nname' },
          { id: key === 'Bearer k' ? 'keyed' : 'open' },
        ],
      }),
    });
    expect(await asking({ key: ['authorization', 'Bearer k'] })).toMatchObject({
      kind: 'models',
      models: [
        { id: 'good', contextTokens: 4096 },
        { id: 'keyed', contextTokens: undefined },
      ],
      aheadMs: 0,
    });
  });
});

// A terminal of its own, as Python makes one: questions are asked nowhere else.
const PTY = `
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0: os.execv(sys.argv[2], sys.argv[2:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 100, 0, 0))
answers = [(b'server of models answer?', sys.argv[1].encode()), (b'another one answer?', b'')]
seen = b''
while True:
    try: data = os.read(fd, 65536)
    except OSError: break
    if not data: break
    os.write(1, data)
    seen += data
    if answers and answers[0][0] in seen:
        os.write(fd, answers.pop(0)[1] + b'\\r')
        seen = b''
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

test('at a terminal init asks where the servers are', async () => {
  ensureBuilt();
  const file = join(folder, 'asked.yaml');
  const argv = ['-c', PTY, small.url, process.execPath, packagePath('dist/cli.js'), 'init', file];
  const child = spawn('python3', argv, { env: { ...process.env, TERM: 'xterm' } });
  let shown = '';
  child.stdout.on('data', (piece: Buffer) => {
    shown += piece.toString('utf8');
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect({ status, shown }).toEqual({ status: 0, shown: expect.stringContaining('next:') });
  expect(readFileSync(file, 'utf8')).toContain('default_model: "llama-8b"');
}, 120_000);
