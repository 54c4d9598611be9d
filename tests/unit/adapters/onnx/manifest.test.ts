import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readManifest, verifyModels } from '../../../../src/adapters/onnx/manifest.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const file = (path: string, content: string) => ({
  role: 'model',
  path,
  bytes: content.length,
  sha256: sha256(content),
});
const entry = (files: readonly object[]) => ({
  name: 'encoder',
  dimension: 384,
  maxTokens: 512,
  labels: [],
  licence: 'Apache-2.0',
  files,
});

let root: string;
let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'sextant-models-'));
  root = join(base, 'models');
  await mkdir(join(root, 'encoder'), { recursive: true });
  await writeFile(join(root, 'encoder/a.onnx'), 'weights');
  await writeFile(join(root, 'encoder/b.json'), 'tokens');
});

afterEach(() => rm(base, { recursive: true, force: true }));

const writeManifest = (value: unknown) =>
  writeFile(join(root, 'manifest.json'), typeof value === 'string' ? value : JSON.stringify(value));

async function problems(): Promise<readonly (readonly [string, string, string])[]> {
  const result = await verifyModels(root);
  if (result.ok) return [];
  return result.error.map((problem) => [problem.file, problem.problem, problem.message] as const);
}

describe('verifyModels', () => {
  test('gives the manifest when every file is as it was made', async () => {
    await writeManifest({
      version: 1,
      models: [entry([file('encoder/a.onnx', 'weights'), file('encoder/b.json', 'tokens')])],
    });
    const result = await verifyModels(root);
    expect(result.ok && result.value.models[0]).toMatchObject({
      name: 'encoder',
      dimension: 384,
      maxTokens: 512,
    });
  });

  test('names an altered file of the same size with both hashes', async () => {
    await writeManifest({ version: 1, models: [entry([file('encoder/a.onnx', 'weightz')])] });
    const [[name, problem, message] = []] = await problems();
    expect([name, problem]).toEqual(['encoder/a.onnx', 'altered']);
    expect(message).toContain(sha256('weightz'));
    expect(message).toContain(sha256('weights'));
  });

  test('names an altered size even where the hash was altered with the file', async () => {
    await writeManifest({
      version: 1,
      models: [entry([{ ...file('encoder/a.onnx', 'weights'), bytes: 8 }])],
    });
    expect((await problems())[0]?.[2]).toContain('(8 bytes), found');
  });

  test('tells every problem at once', async () => {
    await writeManifest({
      version: 1,
      models: [entry([file('encoder/a.onnx', 'x'), file('encoder/gone.json', 'tokens')])],
    });
    const found = await problems();
    expect(found.map(([name, problem]) => [name, problem])).toEqual([
      ['encoder/a.onnx', 'altered'],
      ['encoder/gone.json', 'missing'],
    ]);
    expect(found[1]?.[2]).toContain(sha256('tokens'));
  });

  test.each(['../secret', '/etc/hostname', 'encoder/../../secret', '.'])(
    'refuses the path %s',
    async (path) => {
      await writeFile(join(base, 'secret'), 'secret');
      await writeManifest({ version: 1, models: [entry([file(path, 'secret')])] });
      expect((await problems()).map(([, problem]) => problem)).toEqual(['outside']);
    },
  );

  test('refuses a link that leads out of the folder', async () => {
    await writeFile(join(base, 'secret'), 'secret');
    await symlink(join(base, 'secret'), join(root, 'encoder/link'));
    await writeManifest({ version: 1, models: [entry([file('encoder/link', 'secret')])] });
    expect((await problems()).map(([, problem]) => problem)).toEqual(['outside']);
  });

  test('says when there is no manifest', async () => {
    expect((await problems())[0]?.slice(0, 2)).toEqual(['manifest.json', 'missing']);
  });

  test.each([
    ['no JSON', '{'],
    ['a list', []],
    ['another version', { version: 2, models: [] }],
    ['no models', { version: 1 }],
    ['a model without files', { version: 1, models: [{ ...entry([]), files: undefined }] }],
    ['a file that is a text', { version: 1, models: [entry(['encoder/a.onnx' as unknown as object])] }],
    [
      'a hash that is none',
      { version: 1, models: [entry([{ ...file('encoder/a.onnx', 'weights'), sha256: 'abc' }])] },
    ],
    [
      'a negative size',
      { version: 1, models: [entry([{ ...file('encoder/a.onnx', 'weights'), bytes: -1 }])] },
    ],
    ['an empty path', { version: 1, models: [entry([{ ...file('encoder/a.onnx', 'weights'), path: '' }])] }],
  ])('says when the manifest is %s', async (_what, value) => {
    await writeManifest(value);
    expect((await problems()).map(([name, problem]) => [name, problem])).toEqual([
      ['manifest.json', 'unreadable'],
    ]);
  });
});

describe('the manifest that ships', () => {
  async function listed(): Promise<readonly string[]> {
    const manifest = await readManifest('models');
    if (!manifest.ok) throw new Error(manifest.error.message);
    return manifest.value.models.flatMap(({ files }) => files.map(({ path }) => path));
  }

  /** A file that is missing here is never verified: models/train/list_artefacts.py lists it. */
  test('lists every file of every router', async () => {
    const files = readdirSync('models/routers', { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).replace('models/', ''));
    expect(files.length).toBeGreaterThan(0);
    const paths = await listed();
    expect(files.filter((path) => !paths.includes(path))).toEqual([]);
  });

  test('lists nothing that the package leaves at home', async () => {
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: readonly string[] };
    const packed = files.filter((path) => path.startsWith('models/')).map((path) => path.slice(7));
    const paths = await listed();
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !packed.some((folder) => path.startsWith(`${folder}/`)))).toEqual([]);
    expect(packed).toContain('manifest.json');
  });
});
