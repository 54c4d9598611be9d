import { execFile } from 'node:child_process';

export interface RunOutcome {
  /** True when the program ended with status 0. */
  readonly ok: boolean;
  /** Standard output and error together, the end of it when it was long. */
  readonly text: string;
}

const TEXT_BYTES_MAX = 16 * 1024 * 1024;
const TEXT_CHARACTERS_KEPT = 4000;

/** Runs a program to its end and never throws: a program that is not there is an outcome too. */
export function run(
  file: string,
  args: readonly string[],
  options: {
    readonly timeoutMs: number;
    readonly env?: NodeJS.ProcessEnv;
    /** Kills the program. */
    readonly signal?: AbortSignal | undefined;
  },
): Promise<RunOutcome> {
  const { timeoutMs, env = process.env, signal } = options;
  const limits = {
    timeout: timeoutMs,
    maxBuffer: TEXT_BYTES_MAX,
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((resolve) => {
    execFile(file, [...args], { ...limits, env }, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`.trim();
      const text = said === '' && error !== null ? error.message : said;
      resolve({ ok: error === null, text: text.slice(-TEXT_CHARACTERS_KEPT) });
    });
  });
}
