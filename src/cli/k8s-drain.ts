import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, messageOf, OK, type Output } from './output.js';
import { nextSignal } from './signals.js';

export interface K8sDrainOptions {
  /** Of Envoy, on loopback. */
  readonly adminPort: number;
  /** Seconds. */
  readonly after: number;
  /** Seconds, counted from the start. */
  readonly within: number;
  readonly json?: boolean;
}

const POLL_MS = 250;
const CALL_TIMEOUT_MS = 2000;
/** Idle so often in a row: a client between two requests of one connection is not gone. */
const IDLE_POLLS = 4;

/**
 * `sextant k8s drain`: what a pod does when it has to go. Until the cluster has told everybody, requests still come and
 * are served; then Envoy closes each connection after the answer that is under way, and clients connect elsewhere.
 */
export async function k8sDrain(options: K8sDrainOptions, output: Output): Promise<number> {
  const admin = `http://127.0.0.1:${options.adminPort}`;
  const endMs = performance.now() + options.within * 1000;
  await sleep(Math.min(options.after, options.within) * 1000);
  // With `skip_exit` the listeners stay open: who did not hear of it in time is still served.
  await call(`${admin}/drain_listeners?graceful&skip_exit`, 'POST');
  let idle = 0;
  while (idle < IDLE_POLLS && performance.now() < endMs) {
    const active = await activeRequests(admin);
    // Its own hook may end first, and an Envoy that is gone has nothing left.
    if (active === undefined) idle = IDLE_POLLS;
    else idle = active === 0 ? idle + 1 : 0;
    await sleep(POLL_MS);
  }
  const isIdle = idle >= IDLE_POLLS;
  if (options.json === true) output.out(JSON.stringify({ idle: isIdle }));
  else output.err(isIdle ? 'Envoy is idle' : `Envoy is still busy after ${options.within} s`);
  return OK;
}

/** `sextant k8s wait`: ends on SIGTERM. */
export async function k8sWait(): Promise<number> {
  // Signals alone keep no process alive.
  const alive = setInterval(() => undefined, 60_000);
  await nextSignal(['SIGTERM', 'SIGINT']);
  clearInterval(alive);
  return OK;
}

/** Undefined where nobody answers any more. */
async function activeRequests(admin: string): Promise<number | undefined> {
  const url = `${admin}/stats?filter=^http\\.llm\\.downstream_rq_active$`;
  const text = await call(url, 'GET').catch(() => undefined);
  return text === undefined ? undefined : Number(/: (\d+)/.exec(text)?.[1] ?? 0);
}

async function call(url: string, method: string): Promise<string> {
  try {
    const answer = await fetch(url, { method, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    if (answer.ok) return await answer.text();
    throw new Error(`it answers ${answer.status}`);
  } catch (thrown) {
    throw new CliError(`Envoy's admin interface at ${url} cannot be used: ${messageOf(thrown)}`);
  }
}
