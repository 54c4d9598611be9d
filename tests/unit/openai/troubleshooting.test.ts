import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ERROR_CODES, httpStatusOf } from '../../../src/openai/errors.js';
import { localReplies } from '../../../src/render/local-reply.js';

const PAGE = readFileSync(new URL('../../../docs/troubleshooting.md', import.meta.url), 'utf8');

/** Codes of the page's tables, each with the status that stands behind it. */
function rows(): readonly (readonly [code: string, status: string])[] {
  return PAGE.split('\n').flatMap((line) => {
    const [, codes = '', status = ''] = line.split('|').map((cell) => cell.trim());
    if (!/^\d\d\d$|^\dxx$/.test(status)) return [];
    return Array.from(codes.matchAll(/`(\w+)`/g), ([, code = '']) => [code, status] as const);
  });
}

test('the page on errors names every code with its status, and no other', () => {
  const own = ERROR_CODES.map((code) => [code, String(httpStatusOf(code))] as const);
  const mappers = JSON.stringify(localReplies(1024)['mappers']);
  const envoys = Array.from(mappers.matchAll(/\\"code\\":\\"(\w+)\\"/g), ([, code = '']) => code);
  const wanted = new Set([...ERROR_CODES, ...envoys]);
  expect(new Set(rows().map(([code]) => code))).toEqual(wanted);
  for (const [code, status] of own) expect(rows()).toContainEqual([code, status]);
});
