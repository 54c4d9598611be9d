import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { explainIssue } from '../../../src/config/explain.js';
import { onceForEach } from '../../../src/config/once.js';
import { checkSecrets, expand, readSecretFile, secretOf } from '../../../src/config/secrets.js';
import { isSecretPlace } from '../../../src/lib/secret.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-config-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const env = { TOKEN: 'from-the-environment', EMPTY: '', LINES: 'one\ntwo' };
const context = { file: join(folder, 'sextant.yaml'), readFile: readSecretFile, env };

function file(name: string, text: string, mode = 0o600): string {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
  return name;
}

function problems(section: Readonly<Record<string, unknown>>): readonly string[] {
  return checkSecrets(section, ['token', 'other'], { ...context, path: ['admin'] }).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
}

describe('a secret', () => {
  test('is taken from the environment, or from a file beside the config', () => {
    const fromFile = { token_file: file('token', 'from-a-file\n') };
    expect(problems({ token: `$\{TOKEN}` })).toEqual([]);
    expect(problems(fromFile)).toEqual([]);
    expect(problems({})).toEqual([]);
    expect(secretOf({ token: `$\{TOKEN}` }, 'token', context)?.reveal()).toBe('from-the-environment');
    expect(secretOf(fromFile, 'token', context)?.reveal()).toBe('from-a-file');
    expect(secretOf({}, 'token', context)).toBeUndefined();
  });

  test.each<[string, () => Readonly<Record<string, unknown>>, string]>([
    [
      'in two places',
      () => ({ token: `$\{TOKEN}`, token_file: 'x' }),
      'admin.token: stands beside token_file; keep one of the two',
    ],
    [
      'in the config file',
      () => ({ token: 'hunter2' }),
      `admin.token: is written out here, for all who see this file; write $\{NAME} of an environment variable, or token_file`,
    ],
    [
      'in no variable',
      () => ({ token: `$\{GONE}` }),
      `admin.token: names $\{GONE}, which is not set in the environment; set it`,
    ],
    [
      'in an empty variable',
      () => ({ other: `$\{EMPTY}` }),
      `admin.other: names $\{EMPTY}, which is empty in the environment; set it`,
    ],
    [
      'of two lines',
      () => ({ token: `$\{LINES}` }),
      'admin.token: holds a line break or a control character; a secret is one line',
    ],
    [
      'in no file',
      () => ({ token_file: 'gone' }),
      'admin.token_file: leads to no readable file; check the path, which starts from the folder of this file',
    ],
    [
      'in a folder',
      () => {
        mkdirSync(join(folder, 'folder'), { mode: 0o700 });
        return { token_file: 'folder' };
      },
      'admin.token_file: leads to no readable file; check the path, which starts from the folder of this file',
    ],
    [
      'in an empty file',
      () => ({ token_file: file('empty', '\n') }),
      'admin.token_file: leads to an empty file; write the secret into it',
    ],
    [
      'in a file of two lines',
      () => ({ token_file: file('two', 'a\nb\n') }),
      'admin.token_file: leads to a file of more than one line; a secret is one line',
    ],
    [
      'in a large file',
      () => ({ token_file: file('large', 'x'.repeat(16 * 1024 + 1)) }),
      'admin.token_file: leads to a file above 16384 bytes; check the path',
    ],
    [
      'in a file that all may read',
      () => ({ token_file: file('world', 'x', 0o604) }),
      'admin.token_file: leads to a file that other users may read; run chmod 600 on it',
    ],
    [
      'in a file of ours that its group may read',
      () => ({ token_file: file('group', 'x', 0o640) }),
      'admin.token_file: leads to a file that other users may read; run chmod 600 on it',
    ],
  ])('%s is a problem with its place, and is not repeated', (_, section, problem) => {
    expect(problems(section())).toEqual([problem]);
    expect(problem).not.toMatch(/hunter2|one\n/);
  });

  // Only the superuser may give a file away, as a volume that an orchestrator mounts is given.
  (process.getuid?.() === 0 ? test : test.skip)('in a volume is given to us by its group', () => {
    const token_file = file('volume', 'mounted', 0o440);
    chownSync(join(folder, token_file), 12_345, 0);
    expect(problems({ token_file })).toEqual([]);
  });

  test('that was not checked is no secret', () => {
    expect(() => secretOf({ token: `$\{GONE}` }, 'token', context)).toThrow(`token names $\{GONE}`);
  });
});

test('a file is read once while a config is loaded, so that what was checked is what is taken', () => {
  const read = onceForEach(readSecretFile);
  const path = join(folder, file('turned', 'before'));
  const before = read(path);
  writeFileSync(path, 'after');
  expect(read(path)).toBe(before);
  const again = onceForEach(readSecretFile)(path);
  expect(again.ok && again.value.reveal()).toBe('after');
});

describe('a text with variables in it', () => {
  test('is filled in', () => {
    expect(expand(`Bearer $\{TOKEN}!`, env)).toMatchObject({ ok: true });
    const filled = expand(`Bearer $\{TOKEN}!`, env);
    expect(filled.ok && filled.value.reveal()).toBe('Bearer from-the-environment!');
  });

  test('or stays as it is where there are none', () => {
    const plain = expand('$TOKEN {TOKEN} $', env);
    expect(plain.ok && plain.value.reveal()).toBe('$TOKEN {TOKEN} $');
  });
});

describe('what stands where a secret belongs is in no message', () => {
  test.each([[{ token: 20_26 }], [{ token: ['hunter2'] }], [{ headers: { authorization: 2026 } }]])(
    '%j',
    (value) => {
      const schema = z.strictObject({
        token: z.string().optional(),
        headers: z.record(z.string(), z.string()).optional(),
      });
      const issues = schema.safeParse(value).error?.issues ?? [];
      const messages = issues.flatMap((issue) => explainIssue(issue, value)).map(({ message }) => message);
      expect(messages).toEqual(['must be a text but is something else; write a text']);
    },
  );

  test('and other places are known from those', () => {
    expect(isSecretPlace(['admin', 'read_only_token'])).toBe(true);
    expect(isSecretPlace(['signals', 0, 'max_tokens'])).toBe(false);
    expect(isSecretPlace(['admin', 'token_file'])).toBe(false);
    expect(isSecretPlace([])).toBe(false);
  });
});
