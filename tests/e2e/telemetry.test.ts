import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Collector, type OtlpSpan, plain, startCollector } from '../support/collector.js';
import { waitUntil } from '../support/ports.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

let collector: Collector;
let stack: Stack;

beforeAll(async () => {
  collector = await startCollector();
  process.env['SEXTANT_TEST_COLLECTOR_TOKEN'] = 'token-of-the-collector';
  stack = await startStack({
    config: {
      telemetry: {
        usage: 'inject',
        otlp: {
          endpoint: `${collector.url}/otlp/`,
          headers: { Authorization: `Bearer $\{SEXTANT_TEST_COLLECTOR_TOKEN}` },
          metrics_interval_s: 1,
        },
      },
    },
  });
}, 60_000);
afterAll(async () => {
  // One that takes what it is sent and never answers must not hold up the end.
  if (collector !== undefined) collector.mode = 'hangs';
  await stack?.close();
  await collector?.close();
  delete process.env['SEXTANT_TEST_COLLECTOR_TOKEN'];
}, 30_000);
beforeEach(() => {
  stack.forget();
  collector.mode = 'takes';
});

/** The spans of a trace, once those of the given names are there. */
async function spansOf(traceId: string, ...names: readonly string[]): Promise<ReadonlyMap<string, OtlpSpan>> {
  const mine = () =>
    new Map(collector.spans().flatMap((span) => (span.traceId === traceId ? [[span.name, span]] : [])));
  await waitUntil(`the spans ${names.join(', ')}`, async () => names.every((name) => mine().has(name)));
  return mine();
}

function traceparent(traceId: string): Readonly<Record<string, string>> {
  return { traceparent: `00-${traceId}-${PARENT}-01` };
}

describe('a trace', () => {
  test('goes on from the client, through the choice, to the model', async () => {
    const answer = await stack.chat('Refactor this unit test.', {
      headers: traceparent(TRACE),
      body: { stream: true },
    });
    expect(answer.status).toBe(200);
    const spans = await spansOf(TRACE, 'sextant chat', 'chat coder', 'sextant encode');
    const whole = spans.get('sextant chat');
    const call = spans.get('chat coder');
    expect(whole).toMatchObject({ kind: 2, parentSpanId: PARENT });
    expect(plain(whole?.attributes ?? [])).toMatchObject({
      'sextant.decision': 'coding',
      'sextant.path': 'upstream',
      'sextant.model': 'coder',
      'sextant.cache.outcome': 'miss',
      'http.response.status_code': 200,
    });
    expect(call).toMatchObject({ kind: 3, parentSpanId: whole?.spanId });
    expect(plain(call?.attributes ?? [])).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'vllm',
      'gen_ai.request.model': 'coder',
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': expect.any(Number),
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
    });
    expect(spans.get('sextant encode')?.parentSpanId).toBe(whole?.spanId);
    // The model's own spans follow that of the call.
    const [seen] = stack.simulators.coder.requests().recent;
    expect(seen?.headers['traceparent']).toBe(`00-${TRACE}-${call?.spanId}-01`);
    expect(BigInt(call?.startTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(
      BigInt(whole?.startTimeUnixNano ?? 0),
    );
    expect(BigInt(call?.endTimeUnixNano ?? 0)).toBeLessThanOrEqual(BigInt(whole?.endTimeUnixNano ?? 0));
    expect(JSON.stringify([...spans])).not.toContain('Refactor');
  });

  test('of a hit calls no model, and one of a block has failed', async () => {
    const hit = '1'.repeat(32);
    await stack.chat('Name a river of France.');
    const answer = await stack.chat('Name a river of France.', { headers: traceparent(hit) });
    expect(answer.headers['x-sextant-path']).toBe('cache');
    const spans = await spansOf(hit, 'sextant chat');
    expect(plain(spans.get('sextant chat')?.attributes ?? [])).toMatchObject({
      'sextant.cache.outcome': 'hit-exact',
    });
    expect([...spans.keys()].filter((name) => name.startsWith('chat '))).toEqual([]);
    const bad = '2'.repeat(32);
    await stack.ask({ body: '{', headers: { ...CALLER, ...traceparent(bad) } });
    const failed = (await spansOf(bad, 'sextant chat')).get('sextant chat');
    expect(failed?.status.code).toBe(2);
    expect(plain(failed?.attributes ?? [])).toMatchObject({ 'error.type': 'invalid_json' });
  });

  test('that its parent does not keep is not kept, and begins anew where the parent is none', async () => {
    const unkept = '3'.repeat(32);
    await stack.chat('Name a lake.', { headers: { traceparent: `00-${unkept}-${PARENT}-00` } });
    expect(stack.simulators.small.requests().recent[0]?.headers['traceparent']).toMatch(
      new RegExp(`^00-${unkept}-.*-00$`),
    );
    stack.forget();
    await stack.chat('Name a hill.', { headers: { traceparent: 'no place at all' } });
    const [seen] = stack.simulators.small.requests().recent;
    const [, traceId = ''] =
      /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/.exec(String(seen?.headers['traceparent'])) ?? [];
    const spans = await spansOf(traceId, 'sextant chat');
    expect(spans.get('sextant chat')?.parentSpanId ?? '').toBe('');
    expect(collector.spans().some((span) => span.traceId === unkept)).toBe(false);
    expect(stack.sextantLog()).toContain(`"trace_id":"${traceId}"`);
  });

  test('goes to the collector with the headers of the config, which no log shows', async () => {
    await waitUntil('both signals', async () =>
      ['/otlp/v1/traces', '/otlp/v1/metrics'].every((path) =>
        collector.seen.some((each) => each.path === path),
      ),
    );
    for (const { headers } of collector.seen)
      expect(headers['authorization']).toBe('Bearer token-of-the-collector');
    expect(stack.sextantLog()).not.toContain('token-of-the-collector');
  });
});

test('metrics have the names that OpenTelemetry gives them', async () => {
  await stack.chat('Name a bridge.', { headers: { 'cache-control': 'no-store' }, body: { stream: true } });
  const names = [
    'gen_ai.client.token.usage',
    'gen_ai.client.operation.duration',
    'gen_ai.server.time_to_first_token',
    'gen_ai.server.time_per_output_token',
    'sextant.requests',
    'sextant.overhead',
  ];
  const sent = () => collector.metrics().map(({ name }) => name);
  await waitUntil('the metrics', async () => names.every((name) => sent().includes(name)));
  const usage = collector.metrics().find(({ name }) => name === 'gen_ai.client.token.usage');
  expect(usage?.unit).toBe('{token}');
  const points = usage?.histogram?.dataPoints.map(({ attributes }) => plain(attributes)) ?? [];
  expect(points).toContainEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'vllm',
    'gen_ai.request.model': 'small',
    'gen_ai.response.model': 'small',
    'gen_ai.token.type': 'output',
  });
});

describe('a stream whose client does not ask for the usage', () => {
  test('is asked for it, and the client sees nothing of it', async () => {
    const headers = { 'cache-control': 'no-store' };
    const plainAnswer = await stack.chat('Name a castle.', { headers, body: { stream: true } });
    expect(plainAnswer.text).toContain('data: [DONE]');
    expect(plainAnswer.text).not.toContain('"usage"');
    const [seen] = stack.simulators.small.requests().recent;
    expect(JSON.parse(seen?.body ?? '{}')).toMatchObject({ stream_options: { include_usage: true } });
    const asked = await stack.chat('Name a castle.', {
      headers,
      body: { stream: true, stream_options: { include_usage: true } },
    });
    expect(asked.text).toContain('"usage"');
    await stack.untilTold(plainAnswer, asked);
    const events = (text: string) => text.split('\n\n').length;
    expect(events(asked.text)).toBe(events(plainAnswer.text) + 1);
    const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
    expect(metrics).not.toMatch(/^sextant_estimated_tokens_total\{/m);
    expect(metrics).toMatch(/^sextant_upstream_tokens_total\{model="small",kind="completion"\} [1-9]/m);
  });

  test('of a model that the client names is asked as well', async () => {
    const answer = await stack.chat('Name a tower.', { body: { model: 'coder', stream: true } });
    expect(answer.text).toContain('data: [DONE]');
    expect(answer.text).not.toContain('"usage"');
    expect(stack.simulators.coder.requests().recent[0]?.body).toContain('"include_usage":true');
  });
});

test.each(['refuses', 'hangs'] as const)('a collector that %s costs no request', async (mode) => {
  collector.mode = mode;
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      stack.chat(`Name the number ${at}.`, { headers: { 'cache-control': 'no-store' } }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  if (mode !== 'refuses') return;
  await waitUntil('the log to say so', async () =>
    stack.sextantLog().includes('the OTLP collector does not take'),
  );
  const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/^sextant_otlp_batches_total\{signal="\w+",outcome="failed"\} [1-9]/m);
  expect(metrics).toMatch(/^sextant_otlp_batches_total\{signal="traces",outcome="sent"\} [1-9]/m);
});
