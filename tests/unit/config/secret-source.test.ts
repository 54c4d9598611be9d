import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseConfig } from '../../../src/config/load.js';
import type { SecretsAre } from '../../../src/config/secret-source.js';
import { sextant } from '../../support/sextant.js';

const NAME = 'NOT_SET_IN_ANY_TEST';

describe('secrets that are elsewhere', () => {
  let folder: string;
  let file: string;
  const policy = (token: string) => `
models: [{ name: small, endpoints: ["127.0.0.1:9"], context_window: 4096 }]
default_model: small
admin: { address: 127.0.0.1, port: 9900, ${token} }
telemetry: { otlp: { endpoint: "http://127.0.0.1:4318", headers: { Authorization: "Bearer $\{${NAME}}" } } }
semantic_cache: { enabled: true, backend_type: milvus, backend_config_path: ./milvus.yaml }
`;
  const ELSEWHERE = 'token_file: ./no-such-folder/token';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sextant-secrets-'));
    file = join(folder, 'sextant.yaml');
    const auth = `{ enabled: true, username: root, password: "$\{${NAME}}" }`;
    writeFileSync(join(folder, 'milvus.yaml'), `connection: { auth: ${auth} }\n`);
    writeFileSync(file, policy(ELSEWHERE));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const problemsOf = (text: string, are?: SecretsAre) => {
    const read = parseConfig(text, file, {}, are);
    return read.ok ? [] : read.error.map(({ path }) => path);
  };

  test('are wanted where nobody says otherwise, and do without where somebody does', () => {
    expect(problemsOf(policy(ELSEWHERE))).toEqual([
      'admin.token_file',
      'telemetry.otlp.headers.Authorization',
    ]);
    expect(problemsOf(policy(ELSEWHERE), 'assumed')).toEqual([]);
  });

  test('are refused as ever where they are written out, or a file that is there is no secret', () => {
    expect(problemsOf(policy('token: written-out-for-all-to-see'), 'assumed')).toEqual(['admin.token']);
    writeFileSync(join(folder, 'two-lines'), 'one\ntwo\n', { mode: 0o600 });
    expect(problemsOf(policy('token_file: ./two-lines'), 'assumed')).toEqual(['admin.token_file']);
  });

  test('keep nobody from checking, and from rendering what Envoy gets', async () => {
    expect(await sextant('check', file)).toMatchObject({ status: 1 });
    expect(await sextant('check', file, '--without-secrets')).toMatchObject({ status: 0 });
    const { status, out } = await sextant('envoy', 'render', '--config', file);
    expect(status).toBe(0);
    expect(parse(out)).toHaveProperty('static_resources');
    expect(out).not.toContain('assumed');
  });
});
