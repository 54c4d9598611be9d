import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { openModelJudges } from '../../../src/app/model-judges.js';
import { goodConfig } from '../../support/config.js';
import { listening } from '../../support/ports.js';

function configWith(judge: string, endpoint = '127.0.0.1:9') {
  return goodConfig(
    `models:
  - { name: small, endpoints: ["${endpoint}"], context_window: 32768 }
  - { name: large, endpoints: ["${endpoint}"], context_window: 32768 }
default_model: small
semantic_cache: { max_error_rate: 0.1, judge: ${judge} }
`,
    's.yaml',
  );
}

test('nobody is asked where no model is named', async () => {
  expect((await openModelJudges(configWith('{ type: pair }'))).size).toBe(0);
});

test('the pool of the named model is asked', async () => {
  const models: string[] = [];
  const pool = createServer((request, response) => {
    request.on('data', (piece: Buffer) => models.push(JSON.parse(piece.toString()).model));
    request.on('end', () => response.end('{"choices":[{"message":{"content":"no"}}]}'));
  });
  const port = await listening(pool);
  const judges = await openModelJudges(configWith('{ type: model, model: large }', `127.0.0.1:${port}`));
  expect([...judges.keys()]).toEqual(['large']);
  expect(await judges.get('large')?.('a', 'b')).toBe(0);
  expect(models).toEqual(['large']);
  pool.closeAllConnections();
  pool.close();
});
