import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { within } from '../../lib/deadline.js';
import { SextantError } from '../../lib/sextant-error.js';
import { systemTimers } from '../../lib/timers.js';
import { hostInUrl } from '../../lib/url-host.js';
import type { MilvusSettings } from './settings.js';

/** What every answer of Milvus carries in one of two places. */
interface Status {
  readonly error_code?: string | number;
  readonly code?: number;
  readonly reason?: string;
}

/** What Milvus answers from memory is there within this time, or Milvus is not well. Milliseconds. */
const QUICK_MS_MIN = 3000;
/** And within so many deadlines of a read, for whoever gave it a long one knows why. */
const QUICK_DEADLINES = 4;
const READ_MS_MIN = 1000;
/** Connections of one process, and calls that may wait for one of them. */
const POOL = { min: 2, max: 16, maxWaitingClients: 512 };
/** Longest piece of a reason that is repeated. Characters. */
const REASON_CHARS_MAX = 200;

/**
 * The way to one Milvus. The SDK holds no deadlines and resolves calls that Milvus refused, so every call has a timer
 * of its own here and its status is looked at.
 */
export class MilvusConnection {
  private client: MilvusClient | undefined;

  /** How long a call may take that no request waits for and that makes Milvus do no work. Milliseconds. */
  readonly quickMs: number;
  /** How long a read may take: longer than anybody waits for it, but what hangs must give its place back. Milliseconds. */
  readonly readMs: number;

  constructor(
    private readonly settings: MilvusSettings,
    readDeadlineMs: number,
  ) {
    const quickMs = Math.max(QUICK_MS_MIN, QUICK_DEADLINES * readDeadlineMs);
    this.quickMs = Math.min(settings.connectTimeoutMs, quickMs);
    this.readMs = Math.min(this.quickMs, Math.max(READ_MS_MIN, QUICK_DEADLINES * readDeadlineMs));
  }

  /**
   * Begins anew with fresh channels: an old one may hang in the retries of TCP long after the network is back. The
   * client itself stays, because the SDK takes a third of a second of CPU to make one.
   *
   * @throws SextantError `deadline_exceeded` or `overloaded` when Milvus is not there
   */
  async reopen(timeoutMs: number): Promise<void> {
    this.client ??= openClient(this.settings, this.quickMs);
    const { client } = this;
    const before = client.channelPool;
    client.channelPool = client['createChannelPool']();
    // It waits for calls under way, which may hang until their own end; nobody needs to wait for that.
    void dispose(before);
    await this.call('version', () => client.getVersion(), timeoutMs);
  }

  /**
   * @param what names the call in errors
   * @throws SextantError `deadline_exceeded` when there is no answer in time, `overloaded` when Milvus cannot be
   * reached, `internal_error` with its reason when it refuses
   */
  async call<T extends object>(
    what: string,
    run: (client: MilvusClient) => Promise<T>,
    timeoutMs: number,
  ): Promise<T> {
    const { client } = this;
    if (client === undefined) throw new SextantError('overloaded', 'There is no connection to Milvus.');
    let answer: T;
    try {
      answer = await within(run(client), timeoutMs, systemTimers);
    } catch (cause) {
      if (cause instanceof SextantError) throw cause;
      throw new SextantError('overloaded', `Milvus cannot be asked for ${what}: ${reasonOf(cause)}`, {
        cause,
      });
    }
    const status = 'status' in answer ? (answer.status as Status) : (answer as Status);
    if (isGood(status)) return answer;
    throw new SextantError('internal_error', `Milvus refuses ${what}: ${short(status.reason ?? '')}`);
  }

  close(): void {
    this.client?.closeConnection().catch(() => undefined);
    this.client = undefined;
  }
}

async function dispose(pool: MilvusClient['channelPool']): Promise<void> {
  try {
    await pool.drain();
    await pool.clear();
  } catch {
    // It is of no use to anybody any more.
  }
}

function openClient(settings: MilvusSettings, timeout: number): MilvusClient {
  const { host, port, auth, tls } = settings;
  return new MilvusClient({
    address: `${hostInUrl(host)}:${port}`,
    database: settings.database,
    // Of calls that name none.
    timeout,
    // Its greeting would be a promise that nobody waits for, and end the process when Milvus is not there.
    __SKIP_CONNECT__: true,
    // Retries belong to the breaker in front, which knows when they are worth it.
    maxRetries: 0,
    logLevel: 'error',
    telemetry: { enabled: false },
    pool: POOL,
    // Otherwise a new client would be given the old one's connection, which may be the very thing that hangs.
    channelOptions: { 'grpc.use_local_subchannel_pool': 1 },
    ssl: tls !== undefined,
    ...(auth === undefined ? {} : { username: auth.username, password: auth.password.reveal() }),
    ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
  });
}

function tlsOf(tls: NonNullable<MilvusSettings['tls']>) {
  return {
    ...(tls.caFile === undefined ? {} : { rootCertPath: tls.caFile }),
    ...(tls.keyFile === undefined ? {} : { privateKeyPath: tls.keyFile }),
    ...(tls.certFile === undefined ? {} : { certChainPath: tls.certFile }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  };
}

function isGood(status: Status): boolean {
  return (
    (status.error_code === undefined || status.error_code === 'Success' || status.error_code === 0) &&
    (status.code === undefined || status.code === 0)
  );
}

function reasonOf(thrown: unknown): string {
  return short(thrown instanceof Error ? thrown.message : 'unknown reason');
}

function short(reason: string): string {
  return reason.replace(/\s+/g, ' ').slice(0, REASON_CHARS_MAX);
}
