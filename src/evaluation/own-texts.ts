import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from './data-error.js';

/** Texts that this project wrote itself, for training and for measuring: a folder of lists, one text a line. */
export interface OwnTexts {
  /** The lines of a list that shape no weight, as the training scripts draw the line: index modulo 10 is 7. */
  heldOut(name: string): Promise<readonly string[]>;
  /** Under which domain MMLU-Pro files the questions of each subject of MMLU; it took over most of them. */
  domainsOfSubjects(): Promise<ReadonlyMap<string, string>>;
}

const FOLD = 10;
const HELD_OUT = 7;

/** Whether the row with this index, counted from 0, shapes no weight. */
export function isHeldOut(index: number): boolean {
  return index % FOLD === HELD_OUT;
}

/** @throws DataError when a list cannot be read */
export function ownTexts(folder: string): OwnTexts {
  return {
    heldOut: async (name) => {
      const lines = await linesOf(join(folder, `${name}.txt`));
      return lines.filter((_, index) => isHeldOut(index));
    },
    domainsOfSubjects: async () => {
      const subjects = JSON.parse(await textOf(join(folder, 'mmlu_subjects.json'))) as Subjects;
      return new Map(
        Object.entries(subjects).flatMap(([domain, names]) => names.map((name) => [name, domain])),
      );
    },
  };
}

type Subjects = Readonly<Record<string, readonly string[]>>;

async function linesOf(path: string): Promise<readonly string[]> {
  const text = await textOf(path);
  // A list writes the line breaks of a text as a backslash and an n, because its own end the text.
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.replaceAll('\\n', '\n'));
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => {
    throw new DataError(`${path}: cannot be read; a clone of the repository has it, the package has not`);
  });
}
