import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { fromHere } from '../../../src/admin/from-here.js';
import { plain } from '../../../src/admin/page.js';

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.7', false],
  ['::ffff:10.0.0.7', false],
  ['fe80::1', false],
  ['127.evil', false],
  [undefined, false],
])('a peer at %p is from here: %p', async (remoteAddress, here) => {
  const route = fromHere({ method: 'GET', path: '/', page: () => plain(200, 'in') }, '0.0.0.0');
  const request = { socket: { remoteAddress }, headers: { host: '10.0.0.1:9900' } } as IncomingMessage;
  const ask = async () => route.page({ request, params: [], query: new URLSearchParams() });
  if (here) expect(await ask()).toMatchObject({ text: 'in' });
  else await expect(ask()).rejects.toMatchObject({ code: 'not_allowed' });
});

test('a request without a host is nobody of here', () => {
  const route = fromHere({ method: 'GET', path: '/', page: () => plain(200, 'in') }, '127.0.0.1');
  const request = { socket: { remoteAddress: '127.0.0.1' }, headers: {} } as IncomingMessage;
  expect(() => route.page({ request, params: [], query: new URLSearchParams() })).toThrow('IP address');
});
