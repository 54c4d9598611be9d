import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const BINARY = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find((path) => existsSync(path));

/** `make tools` installs it; where it is missing, the tests that need it are left out by name. */
export const hasChromium = BINARY !== undefined;

export async function startChromium(): Promise<Browser> {
  if (BINARY === undefined) throw new Error('chromium is not on the PATH; run `make tools`');
  // Its sandbox wants a user namespace of its own, which containers and root do not give it.
  return chromium.launch({ executablePath: BINARY, args: ['--no-sandbox', '--disable-gpu'] });
}
