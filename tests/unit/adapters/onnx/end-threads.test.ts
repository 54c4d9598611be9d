import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { ensureBuilt } from '../../../support/built.js';

const ROOT = new URL('../../../../', import.meta.url);
const path = (relative: string): string => fileURLToPath(new URL(relative, ROOT));

beforeAll(ensureBuilt, 120_000);

test('threads that end amid a load or a pass do not take the process with them', async () => {
  const script = path('tests/support/end-encoder-threads.mjs');
  const parts = [path('dist/adapters/onnx/encoder-thread.js'), path('models')];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...parts]);
  expect(stdout).toBe('ended 8\n');
}, 120_000);
