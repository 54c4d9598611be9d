import { afterEach, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { formatProblem } from '../../../src/config/problems.js';

const MODELS =
  'models: [{ name: small, endpoints: ["127.0.0.1:8000"], context_window: 8192 }]\ndefault_model: small\n';
const VARIABLE = 'SEXTANT_TEST_OTLP_TOKEN';

function load(telemetry: string) {
  const loaded = parseConfig(`${MODELS}telemetry: ${telemetry}\n`, '/etc/sextant/s.yaml');
  return loaded.ok ? loaded.value : loaded.error.map(formatProblem);
}

afterEach(() => {
  delete process.env[VARIABLE];
});

test('left out, nobody is told anything, and usage is read where models say it', () => {
  expect(load('{}')).toMatchObject({ telemetry: { otlp: undefined, usage: 'read' } });
});

test('a collector gets both signals, and headers whose secrets come from the environment', () => {
  process.env[VARIABLE] = 'a-token';
  const headers = `{ Authorization: "Bearer $\{${VARIABLE}}", x-scope: team }`;
  const config = load(
    `{ usage: inject, otlp: { endpoint: "https://collector:4318/", headers: ${headers}, sample_ratio: 0.1 } }`,
  );
  expect(config).toMatchObject({
    telemetry: {
      usage: 'inject',
      otlp: {
        endpoint: 'https://collector:4318',
        traces: true,
        metrics: true,
        sampleRatio: 0.1,
        metricsIntervalMs: 15_000,
      },
    },
  });
  if (Array.isArray(config) || !('telemetry' in config)) throw new Error('refused');
  const said = config.telemetry.otlp?.headers;
  expect([...(said ?? [])].map(([name, value]) => [name, value.reveal()])).toEqual([
    ['Authorization', 'Bearer a-token'],
    ['x-scope', 'team'],
  ]);
  expect(JSON.stringify(config)).not.toContain('a-token');
});

test.each([
  ['{ otlp: { endpoint: "collector:4318" } }', 'telemetry.otlp.endpoint: is no address of a collector'],
  [
    '{ otlp: { endpoint: "http://me:secret@collector" } }',
    'telemetry.otlp.endpoint: is no address of a collector',
  ],
  ['{ otlp: { endpoint: "http://collector?x=1" } }', 'telemetry.otlp.endpoint: is no address of a collector'],
  [
    `{ otlp: { endpoint: "http://c", headers: { Authorization: "$\{${VARIABLE}}" } } }`,
    `telemetry.otlp.headers.Authorization: names $\{${VARIABLE}}, which is not set`,
  ],
  ['{ otlp: { endpoint: "http://c", sample_ratio: 2 } }', 'telemetry.otlp.sample_ratio'],
  ['{ usage: guess }', 'telemetry.usage'],
])('%s is refused', (text, problem) => {
  expect(load(text)).toEqual([expect.stringContaining(problem)]);
});
