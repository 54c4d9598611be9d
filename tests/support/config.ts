import type { Config } from '../../src/config/config.js';
import type { Overrides } from '../../src/config/document.js';
import { parseConfig } from '../../src/config/load.js';
import { type ConfigProblem, formatProblem } from '../../src/config/problems.js';
import type { Result } from '../../src/lib/result.js';

type Read<T> = Result<T, readonly ConfigProblem[]>;

/**
 * The config of a text in which nothing may be wrong.
 *
 * @throws Error with what is wrong
 */
export function goodConfig(
  text: string,
  file = '/etc/sextant/sextant.yaml',
  overrides: Overrides = {},
): Config {
  return goodOf(parseConfig(text, file, overrides));
}

/** @throws Error with what is wrong */
export function goodOf<T>(read: Read<T>): T {
  if (!read.ok) throw new Error(problemsOf(read).join('\n'));
  return read.value;
}

/** What is wrong, a line each, as the commands say it. */
export function problemsOf(read: Read<unknown>): readonly string[] {
  return read.ok ? [] : read.error.map(formatProblem);
}
