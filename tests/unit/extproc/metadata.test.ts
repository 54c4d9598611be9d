import { expect, test } from '@jest/globals';
import { readMetadata } from '../../../src/extproc/metadata.js';
import { clientDefinition, decodeRequest, type WireValueRead } from '../../../src/extproc/proto.js';
import { readRequestHead } from '../../../src/extproc/wire.js';

const NAMESPACE = 'envoy.filters.http.jwt_authn';

/** A message as Envoy writes it, through the real encoder and our decoder. */
function told(claims: Record<string, unknown>) {
  const method = clientDefinition()['Process'];
  if (method === undefined) throw new Error('the service has no method');
  const bytes = method.requestSerialize({
    request_headers: { headers: { headers: [] } },
    metadata_context: {
      filter_metadata: { [NAMESPACE]: { fields: { jwt: { structValue: { fields: claims } } } } },
    },
  });
  const message = decodeRequest(bytes);
  return readRequestHead(message.request_headers ?? {}, message.metadata_context).metadata;
}

test('every kind of value is read', () => {
  const metadata = told({
    sub: { stringValue: 'ann' },
    exp: { numberValue: 17 },
    admin: { boolValue: true },
    nothing: { nullValue: 0 },
    aud: { listValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } },
    empty: { listValue: {} },
    org: { structValue: { fields: { id: { stringValue: 'x' } } } },
    blank: { stringValue: '' },
  });
  expect(metadata).toEqual({
    [NAMESPACE]: {
      jwt: {
        sub: 'ann',
        exp: 17,
        admin: true,
        nothing: null,
        aud: ['a', 'b'],
        empty: [],
        org: { id: 'x' },
        blank: '',
      },
    },
  });
});

test('nothing forwarded is nothing', () => {
  expect(readMetadata(undefined)).toBeUndefined();
  expect(readMetadata({})).toBeUndefined();
  expect(readRequestHead({}).metadata).toBeUndefined();
});

test('a claim cannot change what objects are made of, nor nest without end', () => {
  const polluted = readMetadata({
    filter_metadata: {
      n: { fields: { ['__proto__']: { structValue: { fields: { a: { stringValue: 'b' } } } } } },
    },
  });
  expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  expect(Object.getPrototypeOf(polluted?.['n'])).toBe(Object.prototype);
  let deep: WireValueRead = { stringValue: 'x' };
  for (let level = 0; level < 5000; level++) deep = { structValue: { fields: { d: deep } } };
  expect(
    JSON.stringify(readMetadata({ filter_metadata: { n: { fields: { d: deep } } } })).length,
  ).toBeLessThan(100);
  let list: WireValueRead = { stringValue: 'x' };
  for (let level = 0; level < 5000; level++) list = { listValue: { values: [list] } };
  expect(
    JSON.stringify(readMetadata({ filter_metadata: { n: { fields: { d: list } } } })).length,
  ).toBeLessThan(100);
});
