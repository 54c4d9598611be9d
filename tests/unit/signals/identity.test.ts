import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/lib/json.js';
import { type IdentitySource, identitySignal } from '../../../src/signals/identity.js';
import { promptView } from '../../support/prompt-view.js';

const HEADER: IdentitySource = { header: 'x-groups' };
const CLAIM: IdentitySource = { claim: { namespace: 'jwt', payload: 'token', path: ['realm', 'roles'] } };
const token = (claims: JsonObject): JsonObject => ({ jwt: { token: claims } });

function judge(
  source: IdentitySource,
  { header, metadata }: { header?: string; metadata?: JsonObject },
  anyOf = ['staff', '7'],
) {
  const signal = identitySignal({ name: 'who', of: 'group', anyOf, source });
  const headers = new Map(header === undefined ? [] : [['x-groups', header]]);
  const value = signal.evaluate(promptView('hi', { headers, metadata }), undefined);
  return value.state === 'known' ? value.matched : value.state;
}

test.each([
  ['staff', true],
  [' guests , staff ', true],
  ['Staff', false],
  ['staffing', false],
  ['guests', false],
  [',', false],
  ['', 'unknown'],
  [undefined, 'unknown'],
])('the header %j: %s', (header, expected) => {
  expect(judge(HEADER, header === undefined ? {} : { header })).toBe(expected);
});

test.each<[JsonObject, boolean | string]>([
  [{ realm: { roles: ['guests', 'staff'] } }, true],
  [{ realm: { roles: 'staff' } }, true],
  [{ realm: { roles: 7 } }, true],
  [{ realm: { roles: [null, { staff: 1 }, ['staff']] } }, false],
  [{ realm: 'staff' }, false],
  [{}, false],
])('the claim of the token %j: %s', (claims, expected) => {
  expect(judge(CLAIM, { metadata: token(claims) })).toBe(expected);
});

test('without a verified token nobody is known', () => {
  expect(judge(CLAIM, {})).toBe('unknown');
  expect(judge(CLAIM, { metadata: { jwt: {} } })).toBe('unknown');
  expect(judge(CLAIM, { metadata: { other: { token: { realm: { roles: 'staff' } } } } })).toBe('unknown');
});

test('a claim goes before a header, which stands in where there is no token', () => {
  const both = { ...HEADER, ...CLAIM };
  expect(judge(both, { header: 'staff', metadata: token({}) })).toBe(false);
  expect(judge(both, { header: 'staff' })).toBe(true);
});

test('what is inherited is no claim', () => {
  const source = { claim: { namespace: 'jwt', payload: 'token', path: ['constructor', 'name'] } };
  expect(judge(source, { metadata: token({}) }, ['Object'])).toBe(false);
});

test('answers are kept apart by it, and details name nobody but the policy', () => {
  const signal = identitySignal({ name: 'who', of: 'user', anyOf: ['ann'], source: HEADER });
  expect(signal.outsideKey).toBe(true);
  const value = signal.evaluate(promptView('hi', { headers: new Map([['x-groups', 'bob']]) }), undefined);
  expect(JSON.stringify(value)).not.toContain('bob');
});
