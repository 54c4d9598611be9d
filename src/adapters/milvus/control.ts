import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsistencyLevelEnum } from '@zilliz/milvus2-sdk-node';
import type { Clock } from '../../lib/clock.js';
import { CONTROL_VECTOR, controlName } from './collections.js';
import type { MilvusConnection } from './connection.js';
import { digestOf } from './digest.js';
import { above, all, below, either, equals } from './filter.js';
import type { Row } from './rows.js';
import type { MilvusSettings } from './settings.js';

/** News of the other processes. */
export interface ControlNews {
  /** Entries of any other epoch do not count. Milliseconds since the Unix epoch at the last flush, or later. */
  readonly epoch: number | undefined;
  /** What was evicted lately, and when; most of it is known already. */
  readonly evicted: readonly { readonly id: string; readonly atMs: number }[];
}

/** Rows of one look at most; more evictions than these between two looks would be a flush. */
const ROWS_MAX = 1000;
/** How long an eviction stays written down. A process that heard nothing for longer must forget everything. */
export const TOMBSTONE_MS = 10 * 60_000;
/** Clocks of two processes may differ by so much without an eviction being missed. Milliseconds. */
const CLOCK_SKEW_MS = 60_000;
/** Two processes that both found no secret have both written one by then. Milliseconds. */
const SECRET_SETTLE_MS = 1500;
const SECRET_BYTES = 32;

/**
 * The small collection through which the processes that share a cache agree: the epoch that a flush begins, the ids
 * of evicted entries, and the secret of the keys where the operator gave none. All reads wait for all writes before
 * them (`Strong`): some 200 ms, which is why none of them is on the way of a request.
 */
export class Control {
  constructor(
    private readonly connection: MilvusConnection,
    private readonly settings: MilvusSettings,
    private readonly clock: Clock,
  ) {}

  async news(sinceMs: number): Promise<ControlNews> {
    const recent = all(equals('kind', 'evicted'), above('at', Math.trunc(sinceMs) - CLOCK_SKEW_MS));
    const rows = await this.rows(either(equals('kind', 'epoch'), recent));
    const epoch = Number(rows.find((row) => row['kind'] === 'epoch')?.['value'] ?? Number.NaN);
    return {
      epoch: Number.isSafeInteger(epoch) ? epoch : undefined,
      evicted: rows
        .filter((row) => row['kind'] === 'evicted')
        .map((row) => ({ id: String(row['value']), atMs: Number(row['at']) })),
    };
  }

  async writeEpoch(epoch: number): Promise<void> {
    await this.write({ pk: 'epoch', kind: 'epoch', value: String(epoch) });
  }

  /** Gives back the time under which it is written down. */
  async writeEvicted(id: string): Promise<number> {
    return this.write({ pk: digestOf('evicted', id), kind: 'evicted', value: id });
  }

  /** Forgets evictions that every living process has heard of. */
  async clean(): Promise<void> {
    const old = below('at', Math.trunc(this.clock.nowMs()) - TOMBSTONE_MS - CLOCK_SKEW_MS);
    const rows = await this.rows(all(equals('kind', 'evicted'), old));
    const ids = rows.map((row) => String(row['pk']));
    if (ids.length === 0) return;
    const collection_name = controlName(this.settings);
    const ms = this.connection.quickMs;
    await this.connection.call('a deletion', (client) => client.delete({ collection_name, ids }), ms);
  }

  /**
   * The secret that all processes agree on. Whoever finds none writes one; of those that were written at the same
   * time the one with the smallest key counts, for everybody.
   */
  async sharedSecret(): Promise<Uint8Array> {
    const found = await this.secrets();
    if (found[0] !== undefined) return found[0];
    const own = randomBytes(SECRET_BYTES).toString('hex');
    await this.write({ pk: digestOf('secret', own), kind: 'secret', value: own });
    await sleep(SECRET_SETTLE_MS);
    const [agreed] = await this.secrets();
    return agreed ?? Buffer.from(own, 'hex');
  }

  /** Writes the secret down again, should the collection have been emptied. */
  async keepSecret(secret: Uint8Array): Promise<void> {
    if ((await this.secrets()).length > 0) return;
    const value = Buffer.from(secret).toString('hex');
    await this.write({ pk: digestOf('secret', value), kind: 'secret', value });
  }

  private async secrets(): Promise<readonly Uint8Array[]> {
    const rows = await this.rows(equals('kind', 'secret'));
    return rows
      .toSorted((one, other) => (String(one['pk']) < String(other['pk']) ? -1 : 1))
      .map((row) => Buffer.from(String(row['value']), 'hex'))
      .filter((secret) => secret.length === SECRET_BYTES);
  }

  private async write(row: {
    readonly pk: string;
    readonly kind: string;
    readonly value: string;
  }): Promise<number> {
    const at = Math.trunc(this.clock.nowMs());
    const data = [{ ...row, at, [CONTROL_VECTOR]: [0, 0] }];
    const collection_name = controlName(this.settings);
    const ms = this.connection.quickMs;
    await this.connection.call('a note', (client) => client.upsert({ collection_name, data }), ms);
    return at;
  }

  private async rows(filter: string): Promise<readonly Row[]> {
    const ms = this.connection.quickMs;
    const answer = await this.connection.call(
      'its notes',
      (client) =>
        client.query({
          collection_name: controlName(this.settings),
          filter,
          output_fields: ['pk', 'kind', 'at', 'value'],
          limit: ROWS_MAX,
          consistency_level: ConsistencyLevelEnum.Strong,
          timeout: ms,
        }),
      ms,
    );
    return answer.data as readonly Row[];
  }
}
