import { expect, test } from '@jest/globals';
import { isLoopbackPeer, isOwnHost } from '../../../src/admin/host.js';

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
])('a peer at %p is from here: %p', (address, here) => {
  expect(isLoopbackPeer(address)).toBe(here);
});

test.each([
  ['127.0.0.1:9900', true],
  ['10.1.2.3', true],
  ['[::1]:9900', true],
  ['LOCALHOST', true],
  ['Ops.Example:443', true],
  ['ops.example.evil.example', false],
  ['evil.example:9900', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['evil.example@127.0.0.1', false],
  ['127.0.0.1@evil.example', false],
  ['[evil]', false],
  ['[::1', true],
  ['', false],
  [':9900', false],
  [undefined, false],
])('Host %p is ours: %p', (header, ours) => {
  expect(isOwnHost(header, ['ops.example', ''])).toBe(ours);
});
