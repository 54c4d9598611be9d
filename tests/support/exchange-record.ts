import type { ExchangeRecord } from '../../src/telemetry/contract.js';

/** A finished exchange that a model answered, and what differs from that. */
export function exchangeRecord(other: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    id: 'id-1',
    route: 'main',
    api: 'chat',
    path: 'upstream',
    model: 'small',
    decision: 'easy',
    cache: 'miss',
    cacheReason: '',
    similarity: undefined,
    error: '',
    status: 200,
    stream: false,
    stagesMs: { encode: 2 },
    overheadMs: 3,
    upstreamMs: 40,
    durationMs: 100,
    firstTokenMs: undefined,
    tokenMs: undefined,
    promptTokens: 10,
    completionTokens: 20,
    stored: '',
    domain: '',
    signals: {},
    windows: undefined,
    unreadChars: undefined,
    ...other,
  };
}
