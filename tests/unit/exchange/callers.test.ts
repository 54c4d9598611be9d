import { expect, test } from '@jest/globals';
import type { Decision } from '../../../src/decision/rule.js';
import { identitySignal } from '../../../src/signals/identity.js';
import { answer, chat, harness, head } from '../../support/exchange-service.js';
import { has, route } from '../../support/rules.js';

const STAFF = identitySignal({
  name: 'staff',
  of: 'group',
  anyOf: ['staff'],
  source: { header: 'x-groups' },
});

test('an answer that a decision made for one group is not served to another', async () => {
  const decisions: readonly Decision[] = [route('for-staff', 1, has('staff'))];
  const { open, records } = harness({ signals: [STAFF], decisions, cache: { scope: 'public' } });
  const ask = async (groups: string): Promise<void> => {
    const exchange = open();
    exchange.requestHead(head({}, { 'x-groups': groups }));
    const verdict = await exchange.requestBody(chat('What is DNA?'), () => undefined);
    if (verdict.kind === 'forward') {
      exchange.responseHead({ status: 200, headers: JSON_HEADERS, endOfStream: false });
      exchange.responseBody(answer(`for ${groups}`), true);
    }
    exchange.close();
  };
  await ask('staff');
  await ask('guests');
  await ask('guests');
  await ask('staff,others');
  expect(records.map(({ cache, decision }) => [cache, decision])).toEqual([
    ['miss', 'for-staff'],
    ['miss', 'default'],
    ['hit-exact', expect.any(String)],
    ['hit-exact', expect.any(String)],
  ]);
});

const JSON_HEADERS = new Map([['content-type', 'application/json']]);
