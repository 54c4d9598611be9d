import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createLive } from '../../src/admin/live/live.js';
import { livePages } from '../../src/admin/live/pages.js';
import { startAdmin } from '../../src/admin/server.js';
import { uiRoutes } from '../../src/admin/ui-files.js';
import { packagePath } from '../../src/cli/package-path.js';
import { systemClock } from '../../src/lib/clock.js';
import { ensureUiBuilt } from '../support/built.js';
import { hasChromium, startChromium } from '../support/chromium.js';
import { faintTexts } from '../support/contrast.js';
import { waitUntil } from '../support/ports.js';
import { type Stack, startStack } from '../support/stack.js';

const QUESTION = 'What are the main renewable energy sources?';
const PAGES = ['live', 'playground', 'cache', 'config'];
const BYTES_MAX = 200 * 1024;

test('the dashboard weighs less than 200 KB, and loads nothing from elsewhere', () => {
  ensureUiBuilt();
  const folder = packagePath('dist/ui/assets');
  const files = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`));
  const index = readFileSync(packagePath('dist/ui/index.html'));
  expect([index, ...files].reduce((sum, file) => sum + gzipSync(file).byteLength, 0)).toBeLessThan(BYTES_MAX);
  expect(index.toString()).not.toMatch(/https?:\/\/|<style|<script(?![^>]*src=)/);
});

const inChromium = hasChromium ? describe : describe.skip;

inChromium(`in a browser${hasChromium ? '' : ' (chromium is missing: make tools)'}`, () => {
  let stack: Stack;
  let browser: Browser;
  let page: Page;
  /** What the browser complained of. */
  let complaints: string[];

  beforeAll(async () => {
    ensureUiBuilt();
    [stack, browser] = await Promise.all([startStack({ admin: { show_prompts: true } }), startChromium()]);
    await stack.chat(QUESTION);
    await stack.chat('Prove that 2 is prime.');
    await stack.chat('This is a forbidden-word.');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
  });
  beforeEach(async () => {
    complaints = [];
    page = await open(browser, complaints);
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  const visit = (path: string) => page.goto(`${stack.adminUrl}/#${path}`);
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('every page fits and can be read, %s and %d wide', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    for (const path of PAGES) {
      await visit(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const { wide, faint } = {
        wide: await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
        faint: await faintTexts(page),
      };
      expect({ path, wide, faint }).toEqual({ path, wide: 0, faint: [] });
    }
  });

  test('shows the hour, and what comes as it comes', async () => {
    await visit('live');
    await page.getByRole('heading', { name: /prompts in the last hour/ }).waitFor();
    const rows = page.locator('.exchanges tbody tr');
    const before = await rows.count();
    expect(before).toBeGreaterThanOrEqual(3);
    await stack.chat(QUESTION);
    await waitUntil('a row more', async () => (await rows.count()) > before);
    expect(await rows.first().textContent()).toMatch(/cache[\s\S]*hit-exact/);
    await page.getByText(/The policy refused 1\./).waitFor();
    expect(await page.locator('.flow svg').getAttribute('aria-label')).toContain(
      'by block-forbidden to refused',
    );
  });

  test('asks by keyboard, streams the answer, and says why', async () => {
    await visit('playground');
    await button('An easy question').click();
    await page.getByLabel('Prompt').press('Control+Enter');
    await page.locator('.answer .text', { hasText: 'solar, wind, hydropower' }).waitFor();
    expect(await page.locator('.way').textContent()).toMatch(/prompt[\s\S]*small/);
    await page.getByText('No decision holds, so the default model answers: small.').waitFor();
    const near = page.locator('.meter-row', { hasText: 'primary sources' });
    await near.getByText('answered from the cache').waitFor();
    await page
      .locator('.meter-row', { hasText: 'non-renewable' })
      .getByText('not served: negation differs')
      .waitFor();
    await button('Python').click();
    expect(await page.locator('.code').textContent()).toContain(`OpenAI(base_url="${stack.url}/v1")`);
  });

  test('shows the rules that hold as a tree, and a refusal as one', async () => {
    await visit('playground');
    await page.getByLabel('Prompt').fill('prove this: forbidden-word');
    await button('Ask').click();
    await page.locator('.answer .text', { hasText: 'This subject is not answered here.' }).waitFor();
    const tree = page.locator('.tree .won');
    expect(await tree.textContent()).toMatch(/block-forbidden[\s\S]*wins[\s\S]*forbidden/);
  });

  test('finds an answer of the cache by its meaning, shows it, pins it and throws it out', async () => {
    await stack.chat(QUESTION);
    await visit('cache');
    await page.getByRole('searchbox').fill('primary sources of renewable energy');
    await button('Find').click();
    const first = page.getByRole('article', { name: QUESTION }).first();
    // Until then the list of before stands there, in another order.
    await first.getByText('alike').waitFor();
    await first.getByRole('button', { name: 'Show' }).click();
    await first.locator('pre', { hasText: 'hydropower' }).waitFor();
    await first.getByRole('button', { name: 'Pin' }).click();
    await first.getByText('pinned').waitFor();
    const before = await page.locator('.entry').count();
    await first.getByRole('button', { name: 'Evict' }).click();
    await waitUntil('one to be gone', async () => (await page.locator('.entry').count()) < before);
    const stored = await (await fetch(`${stack.adminUrl}/cache/entries`)).text();
    expect(stored).not.toContain('"pinned":true');
  });

  test('shows the policy in force, and finds a key in it', async () => {
    await visit('config');
    await page.getByRole('searchbox').fill('default_model');
    await page.locator('mark', { hasText: 'default_model: small' }).waitFor();
    expect(await page.locator('.yaml').count()).toBe(1);
  });

  test('is reached by the keyboard alone, and keeps the colours that were chosen', async () => {
    await visit('live');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const focused: string[] = [];
    for (let presses = 0; presses < 7; presses += 1) {
      await page.keyboard.press('Tab');
      focused.push(await page.evaluate<string>("document.activeElement?.textContent?.trim() ?? ''"));
    }
    const first = ['To the content', 'Sextant', 'Live', 'Playground', 'Cache', 'Configuration'];
    expect(focused.slice(0, 6)).toEqual(first);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.reload();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  });

  test('has kept a choice of colours by the end of its click, whatever leaves the page then', async () => {
    await visit('live');
    await page.evaluate("localStorage.removeItem('sextant-theme')");
    await page.reload();
    await page.locator('button.theme').waitFor();
    const afterTwo = `(() => {
      const colours = document.querySelector('button.theme');
      colours.click();
      colours.click();
      return [localStorage.getItem('sextant-theme'), document.documentElement.dataset.theme];
    })()`;
    expect(await page.evaluate(afterTwo)).toEqual(['dark', 'dark']);
  });
});

inChromium(`with a token${hasChromium ? '' : ' (chromium is missing: make tools)'}`, () => {
  test('asks for it once, and says what a token for reading may not do', async () => {
    ensureUiBuilt();
    const live = createLive(systemClock, () => ({
      ...{ version: '1', observes: false, cards: [], default_model: 'small', false_hits: [] },
      cache: { entries: 0, bytes: 0, evictions: 0 },
    }));
    const secret = { matches: (text: string) => text === 'a-token-for-reading' };
    const admin = await startAdmin({
      ...{ address: '127.0.0.1', port: 0, ready: () => true },
      metrics: { contentType: 'text/plain', text: async () => '' },
      classify: async () => ({}),
      access: () => ({ hosts: [], tokens: [{ role: 'read', secret }], clientsVerified: false }),
      routes: [...uiRoutes(packagePath('dist/ui')), ...livePages(live)],
    });
    const browser = await startChromium();
    try {
      const complaints: string[] = [];
      const page = await open(browser, complaints);
      await page.goto(admin.url);
      await page.getByLabel('Token').fill('not-the-token-at-all');
      await page.getByRole('button', { name: 'Enter' }).click();
      await page.getByText('The token of before was refused.').waitFor();
      await page.getByLabel('Token').fill('a-token-for-reading');
      await page.getByRole('button', { name: 'Enter' }).click();
      await page.getByRole('heading', { name: 'No prompt in the last hour' }).waitFor();
      await page.getByText('This token may look, and change nothing').waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      await admin.close();
    }
  });
});

async function open(browser: Browser, complaints: string[]): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'no-preference',
  });
  // Sooner than the test itself gives up, so that the error says what was waited for.
  page.setDefaultTimeout(10_000);
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  return page;
}
