import { spawn } from 'node:child_process';
import { CliError } from './output.js';
import type { Warden } from './warden.js';

/** A process that this one started and answers for. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Rejects with the reason and the last words when the process ends without having been asked to; never resolves. */
  readonly failed: Promise<never>;
  /** Asks it to end and waits; kills it when it takes longer than the grace. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

const GRACE_MS = 5000;
const LAST_WORDS_CHARACTERS = 3000;

/**
 * Starts a process in a group of its own, so that a Ctrl-C at the terminal reaches us alone and we stop everything in
 * order. Its output is kept for the case that it fails.
 *
 * @throws CliError when the program cannot be started
 */
export async function startChild(options: {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly warden: Warden;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}): Promise<Child> {
  const { name, file, args, warden, env, cwd } = options;
  const child = spawn(file, [...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env, cwd });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new CliError(`${name} cannot be started: ${error.message}`)));
  });
  if (child.pid !== undefined) warden.watch(child.pid);
  let words = '';
  const listen = (text: Buffer): void => {
    words = (words + text.toString('utf8')).slice(-LAST_WORDS_CHARACTERS);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  let stopping = false;
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal === null ? `with status ${code}` : `by ${signal}`));
  });
  const failed = ended.then((how) => {
    if (stopping) return new Promise<never>(() => {});
    throw new CliError(`${name} ended ${how}. Its last words:\n${words.trimEnd() || '(none)'}`);
  });
  // Whoever waits for it sees the failure; that nobody waits at some moment is no crash of ours.
  failed.catch(() => undefined);
  await started;
  return {
    name,
    pid: child.pid ?? 0,
    failed,
    stop: async (signal) => {
      stopping = true;
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
