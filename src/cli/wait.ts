import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './output.js';

const POLL_MS = 25;
const QUIET_MS = 1000;
const ANSWER_MS = 2000;

/**
 * Waits until a URL answers 200. Says what it waits for once that takes longer than a second.
 *
 * @throws CliError when it does not within `timeoutMs`
 */
export async function waitFor(options: {
  readonly url: string;
  readonly what: string;
  readonly timeoutMs: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { url, what, timeoutMs, log, signal } = options;
  const startedMs = performance.now();
  let said = false;
  while (!(await answers(url))) {
    signal.throwIfAborted();
    const waitedMs = performance.now() - startedMs;
    if (waitedMs > timeoutMs)
      throw new CliError(`${what} did not become ready within ${timeoutMs / 1000} s.`);
    if (waitedMs > QUIET_MS && !said) {
      said = true;
      log(`waiting for ${what} …`);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
