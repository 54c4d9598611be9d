import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openRecording } from '../../../src/app/recording.js';
import { definitionsOf, textlessSignals } from '../../../src/app/signal-definitions.js';
import type { Config } from '../../../src/config/config.js';
import { noLogger } from '../../../src/telemetry/contract.js';
import { goodConfig } from '../../support/config.js';
import { answer, ask, chat, harness, upstreamAnswers } from '../../support/exchange-service.js';

const BASE = `models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }]
default_model: small
signals:
  - { name: science, type: domain, any_of: [physics], threshold: 0.6 }
  - { name: words, type: keyword, any_of: [prove] }
  - { name: turns, type: conversation, feature: turns, min: 3 }
  - { name: streamed, type: conversation, feature: stream, min: 1 }
`;
const ENCODER = { hash: 'e', headsHash: 'h' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-recording-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function config(more = '', base = BASE): Config {
  return goodConfig(base + more, join(folder, 'sextant.yaml'));
}

/** Lets two requests go their way, and gives back the lines that were kept of them. */
async function kept(more: string, random = () => 0) {
  const recording = openRecording(config(more), { encoder: ENCODER, logger: noLogger, random });
  const world = harness();
  Object.assign(world.service, recording.service);
  for (const question of ['prove my secret', 'name a river']) {
    const { exchange } = await ask(world.open, chat(question));
    await upstreamAnswers(exchange, answer('yes'));
  }
  await recording.close();
  const text = readFileSync(join(folder, 'requests.jsonl'), { encoding: 'utf8', flag: 'a+' });
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

describe('a recording', () => {
  test('is not made unless the policy asks for it', async () => {
    expect(config().recording).toBeUndefined();
    expect(await kept('')).toEqual([]);
  });

  test('begins with what the signals are, and holds a row for each request, without its text', async () => {
    const [head, first, second] = await kept('recording: { path: requests.jsonl }\n');
    expect(head).toEqual({
      sextant_recording: 1,
      signals: definitionsOf(config(), { encoder: 'e', heads: 'h' }),
    });
    expect([first.decision, second.decision]).toEqual(['hard', 'default']);
    expect(JSON.stringify([first, second])).not.toMatch(/secret|river/);
  });

  test('holds the body where the policy says so, and of a share of requests only', async () => {
    const plain = 'recording: { path: requests.jsonl, mode: plain, sample_rate: 0.5 }\n';
    const draws = [0.7, 0.3];
    const [, only, ...more] = await kept(plain, () => draws.pop() ?? 1);
    expect(only.prompt.body.messages[0].content).toBe('prove my secret');
    expect(more).toEqual([]);
  });

  test('tells at its end how many requests it left out, and outlives a row that cannot be made', async () => {
    const told: unknown[] = [];
    const logger = { ...noLogger, warn: (fields: object) => told.push(fields) };
    const policy = config('recording: { path: requests.jsonl }\n');
    const recording = openRecording(policy, { encoder: ENCODER, logger, random: () => 0 });
    recording.service.recorder?.record(() => {
      throw new Error('no row');
    });
    await recording.close();
    expect(told.at(-1)).toEqual({ path: policy.recording?.path, leftOut: 1 });
  });

  test.each([
    '{ path: a, max_bytes: 10 }',
    '{ path: a, sample_rate: 2 }',
    '{ path: a, mode: all }',
    '{ path: "" }',
    '{}',
  ])('refuses %s', (line) => {
    expect(() => config(`recording: ${line}\n`)).toThrow();
  });
});

describe('what a signal is', () => {
  const hashes = { encoder: 'e', heads: 'h' };

  test('changes with its settings and the models, and with nothing else', () => {
    const before = definitionsOf(config(), hashes);
    const other = config('', BASE.replace('0.6', '0.7').replace('32768', '1000'));
    const after = definitionsOf(other, hashes);
    expect(after['science']).not.toBe(before['science']);
    expect(after['words']).toBe(before['words']);
    expect(definitionsOf(config(), { ...hashes, heads: 'other' })['science']).not.toBe(before['science']);
  });

  test('can be judged without text where heads, lengths and counts are enough', () => {
    expect([...textlessSignals(config())]).toEqual(['science', 'turns']);
  });
});
