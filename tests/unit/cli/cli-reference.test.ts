import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { packagePath } from '../../../src/cli/package-path.js';
import { cliReference } from '../../support/cli-reference.js';

const PAGE = packagePath('docs/cli.md');
const MARK = '## Every verb\n\n';

/** `SEXTANT_GOLDEN=write` writes the verbs as they are now. */
test('the page of the command line lists every verb and option as its help does', () => {
  const page = readFileSync(PAGE, 'utf8');
  const [head = ''] = page.split(MARK);
  const written = `${head}${MARK}${cliReference()}`;
  if (process.env['SEXTANT_GOLDEN'] === 'write') writeFileSync(PAGE, written);
  expect(readFileSync(PAGE, 'utf8')).toBe(written);
});
