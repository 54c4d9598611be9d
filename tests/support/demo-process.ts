import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface DemoProcess {
  readonly process: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** What it printed when everything was up. */
  readonly info: DemoInfo;
  /** What it wrote for people so far. */
  said(): string;
}

export interface DemoInfo {
  readonly url: string;
  readonly admin_url: string;
  readonly simulators: readonly { readonly url: string }[];
}

/** Starts `sextant demo --json`, which `file` and the first of `argv` are to run, and waits until everything is up. */
export async function startDemoProcess(
  file: string,
  argv: readonly string[],
  cwd?: string,
): Promise<DemoProcess> {
  const child = spawn(file, argv, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    ended.then(() => Promise.reject(new Error(`the demonstration did not start: ${said}`))),
  ]);
  return { process: child, ended, info: JSON.parse(line) as DemoInfo, said: () => said };
}
