import { describe, expect, test } from '@jest/globals';
import { modelChoice, type QualityRouter } from '../../../src/selection/expected-quality.js';
import { ask, chat, HARD, harness, LARGE, SMALL } from '../../support/exchange-service.js';

/** Takes short questions for easy ones. */
const ROUTER: QualityRouter = {
  name: 'made',
  hash: 'h',
  models: ['small', 'large'],
  expect: (text) => ({
    quality: Float32Array.of(text.length < 20 ? 0.9 : 0.1, 0.9),
    outputTokens: undefined,
  }),
  sample: {
    quality: Float32Array.of(0.9, 0.9, 0.1, 0.9),
    outputTokens: new Float32Array(),
    promptTokens: Float32Array.of(10, 10),
  },
};

function routed(router: QualityRouter) {
  const choice = modelChoice(router, { kind: 'within', ofBest: 0.05 }, [SMALL, LARGE]);
  return harness({
    policy: { choices: new Map([['hard', choice]]) },
    decisions: [{ ...HARD, action: { kind: 'route', models: ['large', 'small'] } }],
  });
}

async function modelOf(h: ReturnType<typeof harness>, question: string): Promise<string> {
  const { exchange, verdict } = await ask(h.open, chat(question));
  exchange.close();
  return verdict.kind === 'forward'
    ? JSON.parse(Buffer.from(verdict.body ?? []).toString()).model
    : verdict.kind;
}

describe('a decision with a router', () => {
  test('sends the easy to the small model and the hard to the large one', async () => {
    const h = routed(ROUTER);
    expect(await modelOf(h, 'prove it')).toBe('small');
    expect(await modelOf(h, 'prove that there are infinitely many primes')).toBe('large');
    expect(h.records[0]?.stagesMs).toHaveProperty('expect');
  });

  test('goes by the cards where the router cannot say', async () => {
    expect(await modelOf(routed({ ...ROUTER, expect: () => undefined }), 'prove that it is even so')).toBe(
      'small',
    );
    const failing = routed(ROUTER);
    failing.encoder.failure = new Error('broken');
    expect(await modelOf(failing, 'prove that there are infinitely many primes')).toBe('small');
    const stranger = routed({ ...ROUTER, models: ['a', 'b'] });
    expect(await modelOf(stranger, 'prove that there are infinitely many primes')).toBe('small');
  });

  test('leaves other decisions alone', async () => {
    const h = routed(ROUTER);
    expect(await modelOf(h, 'name a river of the north of Europe')).toBe('small');
    expect(h.records[0]?.stagesMs).not.toHaveProperty('expect');
  });
});
