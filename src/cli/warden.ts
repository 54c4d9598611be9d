import { spawn } from 'node:child_process';

/** Cleans up after this process should it die without doing so itself. */
export interface Warden {
  /** Kills this process when we are gone. */
  watch(pid: number): void;
  /** Removes this folder when we are gone. */
  folder(path: string): void;
  /** Says that all is cleaned up already, and lets the warden go. */
  dismiss(): Promise<void>;
}

/**
 * A shell that reads orders until its input ends. It ends with `done` in good order, or without it when the process at
 * the other end of the pipe died, by whatever cause: no handler of ours runs after SIGKILL, but the pipe is closed then.
 */
export const WARDEN_SCRIPT = `
pids= folder=
while IFS=' ' read -r order rest; do
  case "$order" in
    watch) pids="$pids $rest" ;;
    folder) folder=$rest ;;
    done) exit 0 ;;
  esac
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
if [ -n "$folder" ]; then rm -rf -- "$folder"; fi
`;

/** Starts the warden, in a session of its own so that a Ctrl-C at the terminal does not reach it. */
export function startWarden(): Warden {
  const shell = spawn('/bin/sh', ['-c', WARDEN_SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  // A warden that is gone cannot be told anything; what it would do is then left to the usual clean-up.
  shell.stdin.on('error', () => undefined);
  return {
    watch: (pid) => shell.stdin.write(`watch ${pid}\n`),
    folder: (path) => shell.stdin.write(`folder ${path}\n`),
    dismiss: () => {
      shell.stdin.end('done\n');
      return ended;
    },
  };
}
