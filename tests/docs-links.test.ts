import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...pagesIn('docs'),
  ...pagesIn('models'),
  ...pagesIn('recipes'),
];

function pagesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join(folder, path));
}

/** Links of a page to files of the project, as they stand there. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```.*?^```/gms, '');
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link).filter(
    (link) => !/^[a-z]+:/.test(link),
  );
}

/** What a heading is reached by: lower case, without what is neither a letter nor a digit, blanks as dashes. */
function anchorsOf(page: string): readonly string[] {
  const headings = readFileSync(join(ROOT, page), 'utf8').matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(PAGES)('%s links to what is there', (page) => {
  for (const link of linksOf(page)) {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    const found = existsSync(join(ROOT, target));
    expect({ link, found }).toEqual({ link, found: true });
    if (anchor === undefined || statSync(join(ROOT, target)).isDirectory()) continue;
    expect({ link, anchors: anchorsOf(target) }).toEqual({ link, anchors: expect.arrayContaining([anchor]) });
  }
});

test('the README leads to every page', () => {
  const linked = linksOf('README.md');
  expect(linked).toEqual(expect.arrayContaining(pagesIn('docs').filter((page) => dirname(page) === 'docs')));
});
