import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sextant } from '../../support/sextant.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-completion-'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, out } = await sextant('completion', shell);
    expect(status).toBe(0);
    writeFileSync(join(folder, shell), `${out}\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const skippedWithout = (shell: string) => (isThere(shell) ? describe : describe.skip);

/** What bash would offer for the last word. */
function offered(...words: readonly string[]): readonly string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const script =
    `source '${join(folder, 'bash')}'; COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _sextant; ` +
    `printf "%s\\n" "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

describe('bash', () => {
  test.each([
    [['sextant', 'ca'], ['cache']],
    [['sextant', 'cache', 'l'], ['list']],
    [['sextant', 'cache', 'list', '--l'], ['--limit']],
    [
      ['sextant', 'classify', '--role', ''],
      ['user', 'tool', 'document'],
    ],
    [['sextant', 'completion', 'f'], ['fish']],
    [['sextant', 'cache', 'feedback', 'cache', '--js'], ['--json']],
    // The shell's own way: names of files.
    [['sextant', 'serve', '--config', ''], []],
    [['sextant', 'nope', 'li'], []],
  ])('%j is completed by %j', (words, found) => {
    expect(offered(...words)).toEqual(found);
  });

  test('offers every verb at the beginning', () => {
    expect(offered('sextant', '')).toEqual(expect.arrayContaining(['init', 'doctor', 'serve', '--help']));
  });
});

skippedWithout('fish')('fish, where it is installed', () => {
  const complete = (line: string): readonly string[] =>
    execFileSync('fish', ['--no-config', '-c', `source '${join(folder, 'fish')}'; complete -C '${line}'`], {
      encoding: 'utf8',
    })
      .split('\n')
      .map((each) => each.split('\t')[0] ?? '');
  test.each([
    ['sextant ca', 'cache'],
    ['sextant cache li', 'list'],
    ['sextant cache list --li', '--limit'],
    ['sextant classify --role d', 'document'],
  ])('%s is completed by %s', (line, word) => {
    expect(complete(line)).toContain(word);
  });
});

skippedWithout('zsh')('zsh, where it is installed', () => {
  test('reads the script, and offers words as it would offer them itself', () => {
    const ask =
      "compdef() { : }; compadd() { shift; print -l -- $@ }; _files() { : }; source '" +
      `${join(folder, 'zsh')}'; words=(sextant cache ''); CURRENT=3; _sextant`;
    const said = execFileSync('zsh', ['-f', '-c', ask], { encoding: 'utf8' });
    expect(said.split('\n')).toEqual(expect.arrayContaining(['list', 'stats', '--help']));
    const roles = ask.replace("cache '')", "classify --role '')").replace('CURRENT=3', 'CURRENT=4');
    expect(execFileSync('zsh', ['-f', '-c', roles], { encoding: 'utf8' })).toBe('user\ntool\ndocument\n');
  });
});

test('another shell is called wrongly', async () => {
  expect(await sextant('completion', 'tcsh')).toMatchObject({ status: 2 });
  const { out } = await sextant('completion', 'bash', '--json');
  expect(JSON.parse(out)).toMatchObject({ shell: 'bash', script: expect.stringContaining('complete -o') });
});
