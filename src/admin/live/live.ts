import type { Clock } from '../../lib/clock.js';
import type { ExchangeRecord, Telemetry } from '../../telemetry/contract.js';
import { Feed, type FeedItem } from './feed.js';
import { Hour } from './hour.js';
import { type LiveView, type Surroundings, viewOf } from './view.js';

/** What the dashboard knows: the last hour, and the exchanges of late. In memory alone, and bounded. */
export interface Live {
  readonly telemetry: Telemetry;
  view(): Promise<LiveView>;
  /** Of the latest exchange; 0 before the first. */
  seq(): number;
  /** Exchanges after this number, oldest first, at most `limit` of the newest. */
  after(seq: number, limit?: number): readonly FeedItem[];
}

export function createLive(clock: Clock, around: () => Surroundings | Promise<Surroundings>): Live {
  const hour = new Hour();
  const feed = new Feed();
  let asked: Promise<Surroundings> | undefined;
  /** Tabs that ask at the same time share one answer: a cache that others share counts its entries far away. */
  const surroundings = (): Promise<Surroundings> => {
    asked ??= (async () => around())().finally(() => {
      asked = undefined;
    });
    return asked;
  };
  return {
    telemetry: {
      exchange: (record) => {
        if (!isPrompt(record)) return;
        const nowMs = clock.nowMs();
        hour.add(record, nowMs);
        feed.add(record, nowMs);
      },
      streamFailed: () => {},
    },
    view: async () => {
      const nowMs = clock.nowMs();
      return viewOf(hour.minutes(nowMs), { nowMs, seq: feed.seq }, await surroundings());
    },
    seq: () => feed.seq,
    after: (seq, limit) => feed.after(seq, limit),
  };
}

/** Who lists models, or asks a path that nobody reads, sent no prompt. */
function isPrompt({ api }: ExchangeRecord): boolean {
  return api !== 'models' && api !== 'other';
}
