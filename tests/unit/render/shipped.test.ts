import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../src/cli/run.js';
import { loadConfig } from '../../../src/config/load.js';
import { renderEnvoy } from '../../../src/render/envoy.js';
import { goodOf } from '../../support/config.js';
import { envoyForTests } from '../../support/envoy-binary.js';

const SAMPLES = readdirSync('envoy')
  .filter((file) => file.endsWith('.sextant.yaml'))
  .map((file) => file.replace('.sextant.yaml', ''));

function render(path: string): string {
  return renderEnvoy(goodOf(loadConfig(path)));
}

describe('the shipped Envoy files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-render-'));
  let envoy = '';
  beforeAll(async () => {
    envoy = await envoyForTests();
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  async function accepted(yaml: string): Promise<string> {
    const file = join(folder, 'envoy.yaml');
    writeFileSync(file, yaml);
    const { text } = await run(envoy, ['--mode', 'validate', '-c', file], { timeoutMs: 20_000 });
    return text;
  }

  test('are there', () => {
    expect(SAMPLES).toEqual(['basic', 'guarded']);
    const yaml = readdirSync('envoy').filter(
      (file) => file.endsWith('.yaml') && !file.endsWith('.sextant.yaml'),
    );
    expect(yaml.sort()).toEqual(SAMPLES.map((sample) => `${sample}.yaml`));
  });

  test.each(SAMPLES)('%s.yaml is what is rendered from the policy beside it', (sample) => {
    expect(readFileSync(`envoy/${sample}.yaml`, 'utf8')).toBe(render(`envoy/${sample}.sextant.yaml`));
  });

  test.each(SAMPLES)('%s.yaml is accepted by Envoy', async (sample) => {
    expect(await accepted(readFileSync(`envoy/${sample}.yaml`, 'utf8'))).toMatch(/ OK$/m);
  });

  test('the demo’s is accepted by Envoy', async () => {
    expect(await accepted(render('recipes/demo/sextant.yaml'))).toMatch(/ OK$/m);
  });

  test('the check can fail', async () => {
    expect(await accepted(render('envoy/basic.sextant.yaml').replace('BUFFERED', 'BUFERED'))).not.toMatch(
      / OK$/,
    );
  });
});
