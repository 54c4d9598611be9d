import { format, inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { Secret } from '../../../src/lib/secret.js';

const secret = new Secret('hunter2');

test('whatever prints it, the text does not show', () => {
  const printed = [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ deep: { secret } }, { showHidden: true }),
    format('%s %o %O %j', secret, secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
  ];
  for (const text of printed) expect(text).not.toContain('hunter2');
  expect(printed[1]).toBe('{"secret":"[secret]"}');
});

test('who asks for the text gets it, and may ask whether another is the same', () => {
  expect(secret.reveal()).toBe('hunter2');
  expect(secret.matches('hunter2')).toBe(true);
  for (const other of ['hunter3', 'hunter', 'hunter22', '']) expect(secret.matches(other)).toBe(false);
});
