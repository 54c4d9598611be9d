import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { furtherTry, type Try, tryFor, tryPlan } from '../../../src/exchange/try-plan.js';
import { type Splice, splice } from '../../../src/openai/splice.js';
import { LARGE, SMALL } from '../../support/exchange-service.js';

const BODY = Buffer.from('{"model":"auto","cache":{"ttl":1},"é":[1,2,3]}');

function plan(...splices: readonly (readonly Splice[])[]) {
  return tryPlan(
    splices.map((each, at): Try => ({ model: at === 0 ? SMALL : LARGE, splices: each })),
    BODY,
  );
}

describe('a further try', () => {
  test('gets the body that its model would have got at first', () => {
    fc.assert(
      fc.property(fc.array(changes(), { minLength: 2, maxLength: 4 }), (all) => {
        const { tries } = plan(...all);
        const first = splice(BODY, all[0] ?? []);
        for (const [index, own] of all.entries()) {
          if (index === 0) continue;
          const further = furtherTry(tries, { attempt: index + 1, pool: 'pool-large', body: first });
          expect(Buffer.from(further?.body ?? []).toString()).toBe(Buffer.from(splice(BODY, own)).toString());
        }
      }),
    );
  });

  test('names its model in the headers that name one, and in no others', () => {
    const names = ['x-gateway-model-name', 'x-envoy-retry-on', 'x-ai-eg-model'];
    const models = [SMALL, LARGE].map((model): Try => ({ model, splices: [] }));
    const second = { attempt: 2, pool: 'pool-large', body: BODY };
    const named = furtherTry(tryPlan(models, BODY, names).tries, second);
    expect(named?.setHeaders).toEqual([
      { name: 'x-gateway-model-name', value: 'large' },
      { name: 'x-ai-eg-model', value: 'large' },
    ]);
    expect(furtherTry(tryPlan(models, BODY).tries, second)?.setHeaders).toEqual([]);
  });

  test('names the models in order', () => {
    expect(plan([], [], []).models).toEqual(['small', 'large', 'large']);
    expect(plan().models).toEqual([]);
  });

  test('of a server that names its model gets the body of that model, whichever try it is', () => {
    const { tries } = plan([rename('small')], [rename('large')]);
    const body = splice(BODY, [rename('small')]);
    const textFor = (model: string) => {
      const further = tryFor(tries, { model, body });
      return further && Buffer.from(further.body).toString();
    };
    expect(textFor('small')).toBe(Buffer.from(body).toString());
    expect(textFor('large')).toBe(Buffer.from(splice(BODY, [rename('large')])).toString());
    expect(textFor('other')).toBeUndefined();
    expect(tryFor(tries, { model: 'large', body: BODY })).toBeUndefined();
    expect(tryFor(undefined, { model: 'small', body })).toBeUndefined();
    expect(
      tryFor('{"bodyBytes":1,"models":["a","b"],"further":[{}]}', { model: 'b', body: BODY.subarray(0, 1) }),
    ).toBeUndefined();
  });

  const { tries } = plan([rename('small')], [rename('large')]);
  const body = splice(BODY, [rename('small')]);
  const second = { attempt: 2, pool: 'pool-large', body };

  test.each([
    ['another body', { ...second, body: BODY }],
    ['another pool', { ...second, pool: 'pool-small' }],
    ['a try that nobody planned', { ...second, attempt: 3 }],
    ['the first try', { ...second, attempt: 1 }],
  ])('gets none for %s', (_, other) => {
    expect(furtherTry(tries, second)).toBeDefined();
    expect(furtherTry(tries, other)).toBeUndefined();
  });

  test.each([
    undefined,
    7,
    'no JSON',
    '[]',
    '{}',
    `{"bodyBytes":${body.length},"further":7}`,
    `{"bodyBytes":${body.length},"further":[7]}`,
    `{"bodyBytes":${body.length},"further":[{"pool":"pool-large","edits":7}]}`,
    `{"bodyBytes":${body.length},"further":[{"pool":"pool-large","edits":[7]}]}`,
    `{"bodyBytes":${body.length},"further":[{"pool":"pool-large","edits":[[1,"2",""]]}]}`,
  ])('gets none of %j', (carried) => {
    expect(furtherTry(carried, second)).toBeUndefined();
  });
});

function rename(model: string): Splice {
  return { span: { start: 9, end: 15 }, text: `"${model}"` };
}

/** Changes at places where tokens begin and end, as the parsers name them; what they change is whole. */
function changes(): fc.Arbitrary<readonly Splice[]> {
  const text = fc.constantFrom('', '"x"', ',"é":1', '{}');
  const at = (start: number, end: number) => text.map((put): Splice => ({ span: { start, end }, text: put }));
  return fc
    .tuple(at(9, 15), at(15, 15), at(15, 15), at(16, 34), at(39, 46), at(40, 40), fc.nat(63))
    .map(([model, one, two, cache, list, inList, chosen]) =>
      // An insertion into what another change replaces would be no change of its own.
      [model, one, two, cache, chosen & 16 ? list : inList].filter((_, index) => chosen & (1 << index)),
    );
}
