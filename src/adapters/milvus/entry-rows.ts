import { ConsistencyLevelEnum } from '@zilliz/milvus2-sdk-node';
import type { MilvusConnection } from './connection.js';
import { above, all, below, type Filter } from './filter.js';
import { FIELDS, type Row } from './rows.js';
import type { MilvusSettings } from './settings.js';

/** The most rows that Milvus gives for one question. */
export const ROWS_MAX = 16_384;

/** A row and its similarity to a question. */
export interface ScoredRow {
  readonly row: Row;
  readonly score: number;
}

/** The collection of the entries, as rows: what is asked of Milvus, and nothing about what it means. */
export class EntryRows {
  private readonly collection_name: string;

  constructor(
    private readonly connection: Pick<MilvusConnection, 'call' | 'readMs' | 'quickMs'>,
    private readonly settings: MilvusSettings,
  ) {
    this.collection_name = settings.collection;
  }

  /** Rows in no order, at most `limit`; all fields of them unless some are named. */
  async find(filter: Filter, limit: number, fields: readonly string[] = FIELDS): Promise<readonly Row[]> {
    return this.query(filter, fields, {
      limit,
      consistency_level: ConsistencyLevelEnum[this.settings.consistencyLevel],
    });
  }

  /** As `find`, and sees whatever was written before: for orders, which wait for it. */
  async findWritten(filter: Filter, limit: number): Promise<readonly Row[]> {
    return this.query(filter, FIELDS, { limit, consistency_level: ConsistencyLevelEnum.Strong });
  }

  async count(filter: Filter): Promise<number> {
    const consistency_level = ConsistencyLevelEnum[this.settings.consistencyLevel];
    const [row] = await this.query(filter, ['count(*)'], { consistency_level });
    return Number(row?.['count(*)'] ?? 0);
  }

  /**
   * The smallest keys above `after`, in order, at most `limit`. Milvus promises no order of rows, so all keys are
   * fetched and ordered here; where there are too many for one answer, a stretch of them at a time. For operators.
   */
  async firstKeys(filter: Filter, after: string, limit: number, prefix = ''): Promise<readonly string[]> {
    const from = after > prefix ? after : prefix;
    // Keys are hex, so every one that begins with the prefix comes before the prefix and a "g".
    const stretch = all(filter, ...(from === '' ? [] : [above('pk', from)]), below('pk', `${prefix}g`));
    const rows = await this.find(stretch, ROWS_MAX, ['pk']);
    const keys: string[] = rows.map((row) => String(row['pk']));
    if (rows.length < ROWS_MAX) return keys.sort().slice(0, limit);
    const found: string[] = [];
    for (const digit of '0123456789abcdef') {
      const next = prefix + digit;
      if (found.length >= limit) break;
      if (`${next}g` > after)
        found.push(...(await this.firstKeys(filter, after, limit - found.length, next)));
    }
    return found;
  }

  async nearest(vector: Float32Array, limit: number, filter: Filter): Promise<readonly ScoredRow[]> {
    const { settings, collection_name } = this;
    const timeout = this.connection.readMs;
    const answer = await this.connection.call(
      'neighbours',
      (client) =>
        client.search({
          collection_name,
          anns_field: settings.vectorField,
          data: Array.from(vector),
          filter,
          limit: Math.min(limit, ROWS_MAX),
          metric_type: settings.metricType,
          params: settings.index.type === 'HNSW' ? { ef: Math.max(settings.ef, limit) } : {},
          output_fields: [...FIELDS],
          consistency_level: ConsistencyLevelEnum[settings.consistencyLevel],
          timeout,
        }),
      timeout,
    );
    return (answer.results as readonly (Row & { readonly score: number })[])
      .map((row) => ({ row, score: row.score }))
      .sort((one, other) => other.score - one.score);
  }

  async upsert(rows: readonly Row[]): Promise<void> {
    const { collection_name } = this;
    const data = [...rows];
    await this.connection.call(
      'to keep entries',
      (client) => client.upsert({ collection_name, data }),
      this.connection.quickMs,
    );
  }

  async remove(rows: readonly Row[]): Promise<void> {
    const { collection_name } = this;
    const ids = rows.map((row) => String(row['pk']));
    await this.connection.call(
      'to take entries away',
      (client) => client.delete({ collection_name, ids }),
      this.connection.quickMs,
    );
  }

  private async query(
    filter: Filter,
    fields: readonly string[],
    more: { readonly limit?: number; readonly consistency_level: ConsistencyLevelEnum },
  ): Promise<readonly Row[]> {
    const { collection_name } = this;
    const isOrder = more.consistency_level === ConsistencyLevelEnum.Strong;
    const timeout = isOrder ? this.connection.quickMs : this.connection.readMs;
    const output_fields = [...fields];
    const answer = await this.connection.call(
      'rows',
      (client) => client.query({ collection_name, filter, output_fields, timeout, ...more }),
      timeout,
    );
    return answer.data as readonly Row[];
  }
}
