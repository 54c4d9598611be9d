import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The repository; what is measured starts there, as a user would start it. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A process of the bench, and what the kernel says of it. */
export interface Measured {
  readonly name: string;
  readonly child: ChildProcess;
  readonly pid: number;
  /** CPU used since the start, user and system, all threads. Milliseconds, in steps of ten. */
  cpuMs(): number;
  /** Resident memory. MB of 10^6 bytes. */
  rssMb(): number;
  /** Ends it with SIGTERM, after five seconds with SIGKILL. */
  stop(): Promise<void>;
}

/** What it said last, shown when it ends by itself. */
const OUTPUT_CHARS_MAX = 4_000;

/** Starts a command; everything it says is kept back unless it ends without being asked to. */
export function start(name: string, command: string, args: readonly string[]): Measured {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  return measured(name, child);
}

/** Starts a script of the bench and waits until it says that it is ready. */
export async function startScript(name: string, script: string, args: readonly string[]): Promise<Measured> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, { cwd: ROOT, silent: true });
  const process = measured(name, child);
  await once(child, 'message');
  return process;
}

/** @throws Error when `ready` has not said true within `timeoutMs` */
export async function waitUntil(
  what: string,
  ready: () => Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await ready())) {
    if (performance.now() > deadline) throw new Error(`${what} was not ready after ${timeoutMs} ms`);
    await sleep(5);
  }
}

export function answersOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A port of loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('the listener has no port'));
      });
    });
  });
}

function measured(name: string, child: ChildProcess): Measured {
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} did not start`);
  let output = '';
  const keep = (text: Buffer): void => {
    output = (output + text.toString()).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) console.error(`${name} ended by itself (${signal ?? code}). It said last:\n${output}`);
  });
  return {
    name,
    child,
    pid,
    cpuMs: () => cpuMsOf(pid),
    rssMb: () => rssMbOf(pid),
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(killer);
    },
  };
}

/** The kernel counts in ticks of 10 ms on every Linux that Node runs on. */
const TICK_MS = 10;

function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is the command in brackets and may hold spaces; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function rssMbOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return (Number(kilobytes) * 1024) / 1e6;
}
