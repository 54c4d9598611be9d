import { connect, type Socket } from 'node:net';
import { headerOf, ResponseReader, type SeenResponse } from './response-reader.js';
import { type LatencySummary, summarise } from './stats.js';

/** What to ask, how often, and over how many connections. */
export interface LoadTarget {
  readonly port: number;
  /** Each connection keeps one request in flight: a closed loop. */
  readonly connections: number;
  readonly requests: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** Answered with the wanted status and a whole body. */
  readonly good: number;
  readonly failed: number;
  readonly requestsPerSecond: number;
  readonly latency: LatencySummary;
  /** Latency by the first word of `x-sextant-cache`; `none` where an answer carries no such header. */
  readonly byCache: Readonly<Record<string, LatencySummary>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** What went wrong, first cases only. */
  readonly problems: readonly string[];
}

/** Gives the bytes of request number `index`: head and body. */
export type RequestBytes = (index: number) => Buffer;

const PROBLEMS_MAX = 5;

/** Sends requests 0 … `requests - 1` once each and waits for all of them. Never rejects: what fails is counted. */
export async function runLoad(target: LoadTarget, requestBytes: RequestBytes): Promise<LoadResult> {
  const tally = new Tally();
  let next = 0;
  const takeNext = (): Buffer | undefined => (next < target.requests ? requestBytes(next++) : undefined);
  const startedAt = performance.now();
  const connections = Math.min(target.connections, target.requests);
  await Promise.all(Array.from({ length: connections }, () => runConnection(target.port, takeNext, tally)));
  return tally.result((performance.now() - startedAt) / 1000);
}

/** One closed loop; a connection that breaks costs its request and is opened again. */
async function runConnection(port: number, takeNext: () => Buffer | undefined, tally: Tally): Promise<void> {
  let more = true;
  while (more) {
    more = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      runSocket({ socket, takeNext, tally, done: resolve });
    });
  }
}

interface SocketRun {
  readonly socket: Socket;
  readonly takeNext: () => Buffer | undefined;
  readonly tally: Tally;
  /** Told true when there may be more to send over a new connection. */
  readonly done: (more: boolean) => void;
}

function runSocket({ socket, takeNext, tally, done }: SocketRun): void {
  const reader = new ResponseReader();
  let sentAt = 0;
  let inFlight = false;
  const send = (): void => {
    const bytes = takeNext();
    if (bytes === undefined) {
      socket.destroy();
      done(false);
      return;
    }
    inFlight = true;
    sentAt = performance.now();
    socket.write(bytes);
  };
  socket.on('connect', send);
  socket.on('data', (piece) => {
    let response: SeenResponse | undefined;
    try {
      response = reader.push(piece);
    } catch (cause) {
      socket.destroy(cause instanceof Error ? cause : undefined);
      return;
    }
    if (response === undefined) return;
    inFlight = false;
    tally.answered(response, performance.now() - sentAt);
    if (response.closes) {
      socket.destroy();
    } else {
      send();
    }
  });
  let problem = 'the connection closed before the answer was whole';
  socket.on('error', (error) => {
    problem = error.message;
    // A refused connection took no request; each one costs a request, so that a dead server ends the loop.
    if (inFlight) return;
    inFlight = takeNext() !== undefined;
    if (!inFlight) done(false);
  });
  socket.on('close', () => {
    if (inFlight) tally.broken(problem);
    done(true);
  });
}

class Tally {
  readonly #byCache = new Map<string, number[]>();
  readonly #statuses = new Map<number, number>();
  readonly #problems: string[] = [];
  #good = 0;
  #failed = 0;

  answered(response: SeenResponse, ms: number): void {
    this.#statuses.set(response.status, (this.#statuses.get(response.status) ?? 0) + 1);
    const problem = problemOf(response);
    if (problem !== undefined) {
      this.broken(problem);
      return;
    }
    this.#good += 1;
    const cache = cacheOf(response.head);
    const samples = this.#byCache.get(cache);
    if (samples === undefined) {
      this.#byCache.set(cache, [ms]);
    } else {
      samples.push(ms);
    }
  }

  broken(problem: string): void {
    this.#failed += 1;
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
  }

  result(seconds: number): LoadResult {
    const all = Float64Array.from([...this.#byCache.values()].flat());
    const byCache = [...this.#byCache].map(
      ([cache, samples]) => [cache, summarise(Float64Array.from(samples))] as const,
    );
    return {
      seconds,
      good: this.#good,
      failed: this.#failed,
      requestsPerSecond: this.#good / seconds,
      latency: summarise(all),
      byCache: Object.fromEntries(byCache),
      statuses: Object.fromEntries(this.#statuses),
      problems: this.#problems,
    };
  }
}

function problemOf(response: SeenResponse): string | undefined {
  if (response.status !== 200) return `status ${response.status}`;
  const end = response.tail.toString('latin1').trimEnd();
  if (!end.endsWith('}') && !end.endsWith('data: [DONE]')) return `the body ends with no JSON and no [DONE]`;
  return undefined;
}

function cacheOf(head: string): string {
  const value = headerOf(head, 'x-sextant-cache');
  if (value === undefined) return 'none';
  const end = value.indexOf(';');
  return end === -1 ? value : value.slice(0, end);
}
