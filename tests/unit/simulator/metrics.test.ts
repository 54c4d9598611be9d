import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readMetrics } from '../../../src/adapters/vllm-metrics/read-metrics.js';
import { Activity } from '../../../src/simulator/activity.js';
import { EngineMetrics } from '../../../src/simulator/metrics.js';
import { type Simulator, startSimulator } from '../../../src/simulator/server.js';
import { waitUntil } from '../../support/ports.js';

let simulator: Simulator;
let clients: AbortController;

beforeEach(async () => {
  clients = new AbortController();
  simulator = await startSimulator({
    name: 'base',
    port: 0,
    ttftMs: 0,
    tokensPerSecond: 0,
    maxNumSeqs: 3,
    kvTokens: 1000,
    adapters: ['sql', 'poems'],
    maxLoras: 1,
    apiKey: 'secret',
  });
});
afterEach(async () => {
  clients.abort();
  await simulator.close();
});

async function metrics() {
  const answer = await fetch(`${simulator.url}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readMetrics(await answer.text());
}

function chat(model: string, headers: Record<string, string> = {}): Promise<number> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }] });
  return fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret', ...headers },
    body,
    signal: clients.signal,
  }).then(
    async (answer) => {
      await answer.text();
      return answer.status;
    },
    () => 0,
  );
}

const HANG = { 'x-simulator-fault': 'hang' };
/** So slow that it is still on its way when the test ends. */
const SLOW = { 'x-simulator-ttft-ms': '60000' };

async function busy(running: number, waiting: number): Promise<void> {
  await waitUntil(`${running} running and ${waiting} waiting requests`, async () => {
    const now = await metrics();
    return now?.running === running && now.waiting === waiting;
  });
}

describe('the metrics of a simulator', () => {
  test('say what it is doing, to anybody, and are no request', async () => {
    expect(await metrics()).toEqual({
      running: 0,
      waiting: 0,
      engines: 1,
      kvShare: 0,
      adapters: { running: [], waiting: [], max: 1 },
    });
    void chat('base', HANG);
    void chat('base', SLOW);
    await busy(2, 0);
    expect((await metrics())?.kvShare).toBeGreaterThan(0.02);
    expect(simulator.requests().total).toBe(2);
    clients.abort();
    await busy(0, 0);
    expect((await metrics())?.kvShare).toBe(0);
  });

  test('count those that wait, which are answered once there is room', async () => {
    for (const _ of [1, 2, 3]) void chat('base', HANG);
    await busy(3, 0);
    const fourth = chat('base');
    await busy(3, 1);
    clients.abort();
    await busy(0, 0);
    expect(await fourth).toBe(0);
    clients = new AbortController();
    expect(await chat('base')).toBe(200);
  });

  test('name the adapters that run and wait', async () => {
    expect(await chat('poems')).toBe(200);
    void chat('sql', HANG);
    await busy(1, 0);
    void chat('poems', HANG);
    void chat('base', HANG);
    await busy(2, 1);
    expect((await metrics())?.adapters).toEqual({ running: ['sql'], waiting: ['poems'], max: 1 });
  });
});

describe('an engine', () => {
  const limits = { maxNumSeqs: 2, kvTokens: 100, adapters: ['a', 'b'], maxLoras: 1 };
  const work = (model: string) => ({ model, promptTokens: 30, answerTokens: 40 });

  test('starts the next one that has room, in the order of arrival', () => {
    const activity = new Activity(limits);
    const started: string[] = [];
    const begin = (name: string, model: string) => activity.begin(work(model), () => started.push(name));
    const endFirst = begin('first', 'a');
    begin('second', 'b');
    const endThird = begin('third', 'base');
    begin('fourth', 'a');
    expect(started).toEqual(['first', 'third']);
    expect(activity.read()).toMatchObject({ running: 2, waiting: 2, kvShare: 1, promptTokens: 60 });
    endThird();
    expect(started).toEqual(['first', 'third', 'fourth']);
    endFirst();
    endFirst();
    expect(activity.read()).toMatchObject({ running: 1, waiting: 1, answerTokens: 80 });
  });

  test('forgets who left while they waited', () => {
    const activity = new Activity({ ...limits, maxNumSeqs: 1 });
    const started: string[] = [];
    const end = activity.begin(work('a'), () => started.push('one'));
    activity.begin(work('a'), () => started.push('two'))();
    end();
    expect(started).toEqual(['one']);
    expect(activity.read()).toMatchObject({ running: 0, waiting: 0 });
  });

  test('keeps a series for each set of adapters of late, the latest being the one that holds', () => {
    const activity = new Activity({ ...limits, maxNumSeqs: 100, adapters: adapters(20), maxLoras: 20 });
    const metrics = new EngineMetrics('a "model"\\', activity);
    let text = '';
    for (const [at, name] of adapters(20).entries()) {
      const end = activity.begin(work(name), () => undefined);
      text = metrics.text(1000 + at);
      end();
    }
    expect(text.match(/^vllm:lora_requests_info\{/gm)).toHaveLength(8);
    expect(text).toContain('{engine="0",model_name="a \\"model\\"\\\\"} 1\n');
    expect(readMetrics(text)?.adapters?.running).toEqual(['adapter-19']);
  });
});

function adapters(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `adapter-${at}`);
}
