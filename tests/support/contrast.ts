import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** It runs in the page, where there is a document, so it is no part of the program that is compiled here. */
const SCRIPT = readFileSync(fileURLToPath(new URL('faint-texts.js', import.meta.url)), 'utf8');

/** Texts of a page that are too faint to be read by everybody, each with its contrast. */
export function faintTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(SCRIPT);
}
