import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Built, Reloader } from '../../../src/app/reload.js';
import type { Config } from '../../../src/config/config.js';
import type { RoutePolicy } from '../../../src/exchange/policy.js';
import { err, ok, type Result } from '../../../src/lib/result.js';
import { goodConfig } from '../../support/config.js';
import { harness } from '../../support/exchange-service.js';
import { HandTime } from '../../support/hand-timers.js';

const MODELS = '  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }';

function config(more = ''): Config {
  return goodConfig(`models:\n${MODELS}\ndefault_model: small\n${more}`);
}

const policyOf = (version: string) =>
  harness({ policy: { version } }).service.policyOf(undefined) as RoutePolicy;

let served: { config: Config; version: string }[];
let file: () => Result<Config, readonly string[]>;
let build: (config: Config) => Promise<string>;
let log: string[];
let time: HandTime;

function reloader(watchMs?: number): Reloader {
  const { service } = harness();
  const now = () => {
    const last = served.at(-1);
    if (last === undefined) throw new Error('nothing is served');
    return { ...last, service, policies: new Map([['main', policyOf(last.version)]]) };
  };
  const live = {
    get now() {
      return now();
    },
    follow: async ({ config: next, policies }: Built) => {
      served.push({ config: next, version: policies.get('main')?.version ?? '' });
    },
  };
  const write = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`);
  return new Reloader({
    live,
    load: () => file(),
    build: async (each) => new Map([['main', policyOf(await build(each))]]),
    watchMs,
    clock: time,
    timers: time,
    logger: { info: write, warn: write, error: write },
  });
}

beforeEach(() => {
  served = [{ config: config(), version: '1' }];
  file = () => ok(config());
  build = async () => '1';
  log = [];
  time = new HandTime();
});

describe('a reload', () => {
  test('of a file that says the same changes nothing, and says nothing', async () => {
    expect(await reloader().reload()).toEqual({ outcome: 'unchanged' });
    expect({ log, served: served.length }).toEqual({ log: [], served: 1 });
  });

  test('takes over what the file says, and tells what that means', async () => {
    file = () => ok(config('virtual_models: [best]'));
    const reloading = reloader();
    expect(await reloading.reload()).toEqual({
      outcome: 'applied',
      recent: { prompts: 0, changed: 0 },
      needsRestart: [],
      envoyChanged: false,
    });
    expect(served.at(-1)?.config.virtualModels).toEqual(['best']);
    expect(log.join()).toContain('0 of the last 0 prompts would change');
    expect(await reloading.reload()).toEqual({ outcome: 'unchanged' });
  });

  test('takes over another head under the same name', async () => {
    build = async () => '2';
    expect(await reloader().reload()).toMatchObject({ outcome: 'applied' });
  });

  test('says what waits for a restart until it no longer does, and that Envoy must know', async () => {
    file = () => ok(config('admin: { port: 9999 }\nlisten: { port: 4321 }'));
    const reloading = reloader();
    expect(await reloading.reload()).toMatchObject({ needsRestart: ['admin'], envoyChanged: true });
    expect(reloading.state.needsRestart).toEqual(['admin']);
    expect(log.join()).toContain('needs a restart to count: admin');
    file = () => ok(config());
    expect(await reloading.reload()).toMatchObject({ needsRestart: [], envoyChanged: true });
  });

  test.each<[string, () => void, string]>([
    ['a problem in the file', () => (file = () => err(['sextant.yaml:1:1: bad'])), 'sextant.yaml:1:1: bad'],
    [
      'a file that cannot be read any more',
      () => {
        file = () => {
          throw new Error('examples.csv leads to no file');
        };
      },
      'examples.csv leads to no file',
    ],
    [
      'a policy that cannot be built',
      () => (build = () => Promise.reject(new Error('head of another encoder'))),
      'head of another encoder',
    ],
  ])('keeps the old one on %s', async (_, breakIt, problem) => {
    breakIt();
    const reloading = reloader();
    expect(await reloading.reload()).toEqual({ outcome: 'refused', problems: [problem] });
    expect(reloading.state).toMatchObject({
      applied: 0,
      refused: 1,
      lastSucceeded: false,
      problems: [problem],
    });
    expect(served.length).toBe(1);
    expect(log.join()).toContain(problem);
    file = () => ok(config());
    build = async () => '1';
    expect(await reloading.reload()).toEqual({ outcome: 'unchanged' });
    expect(reloading.state).toMatchObject({ lastSucceeded: true, problems: [] });
  });

  test('waits for the one before it', async () => {
    const versions: string[] = [];
    build = async () => {
      versions.push('begins');
      await new Promise(setImmediate);
      versions.push('ends');
      return `${versions.length}`;
    };
    const reloading = reloader();
    await Promise.all([reloading.reload(), reloading.reload()]);
    expect(versions).toEqual(['begins', 'ends', 'begins', 'ends']);
  });
});

test('the file is looked at until it is closed', async () => {
  const reloading = reloader(1000);
  let looks = 0;
  file = () => {
    looks += 1;
    return ok(config());
  };
  reloading.begin();
  for (let look = 0; look < 4; look += 1) {
    await time.pass(1000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(looks).toBe(1);
  await reloading.close();
  reloader().begin();
  await time.pass(10_000);
  expect(looks).toBe(1);
});
