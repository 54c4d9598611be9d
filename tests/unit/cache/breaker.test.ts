import { expect, test } from '@jest/globals';
import { Breaker } from '../../../src/cache/breaker.js';

function opened() {
  const clock = { ms: 0, nowMs: () => clock.ms, monotonicMs: () => clock.ms };
  return { clock, breaker: new Breaker({ failuresMax: 3, restMs: 100, clock }) };
}

test('begins open, and one probe at a time closes it', () => {
  const { breaker } = opened();
  expect([breaker.state, breaker.allows()]).toEqual(['open', false]);
  expect(breaker.startProbe()).toBe(true);
  expect(breaker.startProbe()).toBe(false);
  expect([breaker.state, breaker.allows()]).toEqual(['half-open', false]);
  breaker.endProbe(false);
  expect(breaker.state).toBe('open');
  breaker.startProbe();
  breaker.endProbe(true);
  expect([breaker.state, breaker.allows()]).toEqual(['closed', true]);
  expect(breaker.startProbe()).toBe(false);
});

test('rests after one failure, and opens after three in a row', () => {
  const { breaker, clock } = opened();
  breaker.startProbe();
  breaker.endProbe(true);
  expect(breaker.failed()).toBe(false);
  expect(breaker.allows()).toBe(false);
  clock.ms += 100;
  expect(breaker.allows()).toBe(true);
  breaker.succeeded();
  expect([breaker.failed(), breaker.failed(), breaker.failed()]).toEqual([false, false, true]);
  expect(breaker.state).toBe('open');
});

test('what fails or ends late changes nothing any more', () => {
  const { breaker } = opened();
  expect(breaker.failed()).toBe(false);
  breaker.endProbe(true);
  expect(breaker.state).toBe('open');
});
