import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lengths that are measured. Tokens, both ends included; the encoder reads 512 at most. */
export const LENGTHS = [8, 16, 32, 64, 128, 256, 510] as const;

/** Everyday English in the encoder's vocabulary. A little less than its mean, so that no text is cut. */
const TOKENS_PER_WORD = 1.25;
const TEXTS_PER_LENGTH = 29;
const FILES_MAX = 500;

/** Texts of every length, about 200: the lines that the heads are trained with, one by one or joined. */
export async function gpuTexts(folder: string): Promise<readonly string[]> {
  const lines = await linesOf(folder);
  if (lines.length === 0) throw new Error(`no .txt file in ${folder} has a line to measure with`);
  return LENGTHS.flatMap((tokens) => ofLength(lines, tokens));
}

/** The words of the lines from a place on that moves with each text, so that no two texts begin alike. */
function ofLength(lines: readonly string[], tokens: number): readonly string[] {
  const words = Math.max(1, Math.floor((tokens - 2) / TOKENS_PER_WORD));
  return Array.from({ length: TEXTS_PER_LENGTH }, (_, index) => {
    const taken: string[] = [];
    let at = Math.floor((index * lines.length) / TEXTS_PER_LENGTH) + tokens;
    while (taken.length < words) taken.push(...(lines[at++ % lines.length] ?? '').split(' '));
    return taken.slice(0, words).join(' ');
  });
}

async function linesOf(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.txt'))
    // The order of a folder differs between file systems.
    .sort()
    .slice(0, FILES_MAX);
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return files.flatMap((text) => text.split('\n').map(unescaped)).filter((line) => line !== '');
}

/** A line break inside of a text is written as backslash-n in these files. */
function unescaped(line: string): string {
  return line.replaceAll('\\n', '\n').trim();
}
