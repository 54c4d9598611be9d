import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { problemsOf } from '../../support/config.js';

const BASE = `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 32768 }
default_model: small
`;

/** Pieces of `sextant.yaml` that the documents show, with the line where each begins. */
function yamlBlocks(path: string): readonly (readonly [where: string, text: string])[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(({ 1: block = '', index }) => {
    return [`${path}:${text.slice(0, index).split('\n').length}`, block];
  });
}

describe('the policies that the documents show are good', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-docs-'));
  beforeAll(() => {
    process.env['COLLECTOR_TOKEN'] = 'token';
    // The head that the examples name as one's own.
    mkdirSync(join(folder, 'models/mine'), { recursive: true });
    const labels = ['refund_not_showing_up', 'request_refund', 'delivery'];
    writeFileSync(join(folder, 'models/mine/head.json'), JSON.stringify({ labels }));
    mkdirSync(join(folder, 'routers/mine'), { recursive: true });
    writeFileSync(join(folder, 'routers/mine/router.json'), '{"models":[{"name":"small"},{"name":"large"}]}');
  });
  afterAll(() => {
    delete process.env['COLLECTOR_TOKEN'];
    rmSync(folder, { recursive: true });
  });

  const blocks = [
    'docs/admin.md',
    'docs/cascade.md',
    'docs/configuration.md',
    'docs/envoy.md',
    'docs/explain.md',
    'docs/fallback.md',
    'docs/guard.md',
    'docs/kubernetes.md',
    'docs/learning.md',
    'docs/models.md',
    'docs/personal-data.md',
    'docs/routing.md',
    'docs/selection.md',
    'docs/semantic-cache.md',
    'docs/signals-and-decisions.md',
    'docs/telemetry.md',
  ].flatMap(yamlBlocks);
  test('are found', () => expect(blocks.length).toBeGreaterThanOrEqual(3));
  test.each(blocks)('%s', (_, block) => {
    const whole = block.startsWith('models:') ? block : BASE + block;
    const result = parseConfig(whole, join(folder, 'sextant.yaml'));
    expect(problemsOf(result)).toEqual([]);
  });
});
