/** One thing that is wrong in a config file. */
export interface ConfigProblem {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. Characters. */
  readonly column: number;
  /** The value in question, as `models[0].endpoints[1]`; empty when the file as a whole is meant. */
  readonly path: string;
  /** What is wrong; what to do. */
  readonly message: string;
}

/** A problem before its place in the text is known. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** `key` points at the name of the last step, `value` at what stands behind it. */
  readonly at: 'key' | 'value';
}

export type Path = readonly (string | number)[];

/** Something is wrong with what stands there. */
export function atValue(path: Path, message: string): Finding {
  return { path, at: 'value', message };
}

/** Something is wrong with its standing there at all. */
export function atKey(path: Path, message: string): Finding {
  return { path, at: 'key', message };
}

/** One line, as compilers write it, so that editors jump to the place. */
export function formatProblem(problem: ConfigProblem): string {
  const { file, line, column, path, message } = problem;
  return `${file}:${line}:${column}: ${path === '' ? '(file)' : path}: ${message}`;
}

/** A line for each. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return problems.map(formatProblem).join('\n');
}

export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? printable(step) : `.${printable(step)}`;
  }
  return text;
}

/** A key of the file may hold anything, a newline too; a problem stays one short line. */
export function printable(text: string): string {
  return /^[\w./:-]{1,80}$/.test(text)
    ? text
    : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** In the order of the text, so that a person mends a file from top to bottom. */
export function inFileOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
