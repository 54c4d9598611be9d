import { describe, expect, test } from '@jest/globals';
import type { Gauges } from '../../../../src/adapters/prometheus/gauges.js';
import { createPrometheusTelemetry } from '../../../../src/adapters/prometheus/telemetry.js';
import type { ExchangeRecord } from '../../../../src/telemetry/contract.js';
import { exchangeRecord } from '../../../support/exchange-record.js';

const GAUGES: Gauges = {
  cacheEntries: () => 3,
  cacheBytes: () => 4096,
  cacheEvictions: () => 5,
  encoderQueue: () => 1,
};
const MONEY = { costUsd: 3, discardedUsd: 0, atDefaultUsd: 5, atDearestUsd: 8, savedByCacheUsd: 0 };

async function told(
  records: readonly Partial<ExchangeRecord>[],
  gauges: Partial<Gauges> = {},
): Promise<readonly string[]> {
  const telemetry = createPrometheusTelemetry({ ...GAUGES, ...gauges }, '1.2.3');
  for (const record of records) telemetry.exchange(exchangeRecord(record));
  return (await telemetry.text()).split('\n');
}

describe('the metrics of answers', () => {
  test('tell time, tokens and money of one that a model gave', async () => {
    const lines = await told([{ firstTokenMs: 250, tokenMs: 20, money: MONEY }]);
    expect(lines).toEqual(
      expect.arrayContaining([
        'sextant_requests_total{route="main",path="upstream",model="small",decision="easy",status="2xx"} 1',
        'sextant_request_duration_seconds_sum{path="upstream"} 0.1',
        'sextant_time_to_first_token_seconds_sum{model="small"} 0.25',
        'sextant_time_per_token_seconds_sum{model="small"} 0.02',
        'sextant_upstream_tokens_total{model="small",kind="prompt"} 10',
        'sextant_upstream_tokens_total{model="small",kind="completion"} 20',
        'sextant_cost_usd_total{route="main",decision="easy",model="small"} 3',
        'sextant_baseline_cost_usd_total{route="main",decision="easy",baseline="default"} 5',
        'sextant_baseline_cost_usd_total{route="main",decision="easy",baseline="dearest"} 8',
      ]),
    );
  });

  test('lay an answer that nobody got to the model that gave it', async () => {
    const lines = await told([
      {
        model: 'large',
        money: { ...MONEY, discardedUsd: 1 },
        cascade: {
          outcome: 'escalated',
          reason: 'refusal',
          model: 'small',
          promptTokens: 4,
          completionTokens: 6,
        },
      },
    ]);
    expect(lines).toEqual(
      expect.arrayContaining([
        'sextant_cost_usd_total{route="main",decision="easy",model="large"} 2',
        'sextant_cost_usd_total{route="main",decision="easy",model="small"} 1',
        'sextant_upstream_tokens_total{model="small",kind="completion"} 6',
        'sextant_cascade_total{decision="easy",outcome="escalated",reason="refusal"} 1',
      ]),
    );
  });

  test('keep tokens that were estimated apart', async () => {
    const lines = await told([{ tokensEstimated: true }]);
    expect(lines).toContain('sextant_estimated_tokens_total{model="small",kind="completion"} 20');
    expect(lines.some((line) => line.startsWith('sextant_upstream_tokens_total{'))).toBe(false);
  });

  test('tell what the cache saved, and lay no cost to it', async () => {
    const lines = await told([
      {
        path: 'cache',
        cache: 'hit-exact',
        promptTokens: undefined,
        completionTokens: undefined,
        reused: { promptTokens: 7, completionTokens: 9 },
        money: { ...MONEY, costUsd: 0, savedByCacheUsd: 4 },
      },
    ]);
    expect(lines).toContain('sextant_cache_saved_usd_total{route="main"} 4');
    expect(lines).toContain('sextant_cache_saved_tokens_total{route="main",kind="prompt"} 7');
    expect(lines.some((line) => /^sextant_(cost|baseline_cost)_usd_total\{/.test(line))).toBe(false);
  });

  test('count a shadow apart, and none of its answer', async () => {
    const lines = await told([{ shadow: true }]);
    expect(lines).toContain(
      'sextant_shadow_requests_total{route="main",path="upstream",model="small",decision="easy",cache="miss"} 1',
    );
    expect(lines.some((line) => /^sextant_(requests|upstream_tokens)_total\{/.test(line))).toBe(false);
  });

  test('name outcomes, errors, signals and what was found', async () => {
    const lines = await told([
      {
        error: 'overloaded',
        status: 0,
        stored: 'cut',
        domain: 'law',
        signals: { hard: 'match' },
        windows: 2,
        unreadChars: 8,
        personalData: { outcome: 'redacted', types: ['EMAIL_ADDRESS'] },
      },
    ]);
    expect(lines).toEqual(
      expect.arrayContaining([
        'sextant_errors_total{route="main",code="overloaded"} 1',
        'sextant_requests_total{route="main",path="upstream",model="small",decision="easy",status="none"} 1',
        'sextant_cache_answers_total{route="main",result="cut"} 1',
        'sextant_domains_total{route="main",domain="law"} 1',
        'sextant_signals_total{route="main",signal="hard",outcome="match"} 1',
        'sextant_read_windows_total{route="main"} 2',
        'sextant_unread_characters_total{route="main"} 8',
        'sextant_personal_data_total{route="main",outcome="redacted",type="EMAIL_ADDRESS"} 1',
        'sextant_stage_seconds_sum{stage="encode"} 0.002',
      ]),
    );
  });
});

describe('the metrics that are read when somebody scrapes', () => {
  test('tell the cache, the queue and the build', async () => {
    expect(await told([])).toEqual(
      expect.arrayContaining([
        'sextant_cache_entries 3',
        'sextant_cache_bytes 4096',
        'sextant_cache_evictions_total 5',
        'sextant_encoder_queue_length 1',
        `sextant_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
      ]),
    );
  });

  test('tell the shared store, models that rest and the reload', async () => {
    const lines = await told([], {
      cacheBack: () => ({
        breaker: 'half-open',
        queueLength: 1,
        queueBytes: 2,
        dropped: 3,
        failures: 4,
        skipped: 5,
        tooLarge: 6,
      }),
      models: () => [
        { model: 'small', state: 'cooling' },
        { model: 'large', state: 'well' },
      ],
      reload: () => ({ applied: 2, refused: 1, lastSucceeded: false, appliedAtMs: 1500 }),
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'sextant_cache_back_open 0.5',
        'sextant_cache_back_queue_length 1',
        'sextant_cache_back_queue_bytes 2',
        'sextant_cache_back_dropped_total 3',
        'sextant_cache_back_failures_total 4',
        'sextant_cache_back_skipped_total 5',
        'sextant_cache_back_too_large_total 6',
        'sextant_model_resting{model="small"} 1',
        'sextant_model_resting{model="large"} 0',
        'sextant_config_reloads_total{outcome="applied"} 2',
        'sextant_config_reloads_total{outcome="refused"} 1',
        'sextant_config_last_reload_successful 0',
        'sextant_config_applied_timestamp_seconds 1.5',
      ]),
    );
  });

  test('count the streams that failed', async () => {
    const telemetry = createPrometheusTelemetry(GAUGES, '1');
    telemetry.streamFailed('bad_phase');
    expect(await telemetry.text()).toContain('sextant_streams_failed_total{code="bad_phase"} 1');
    expect(telemetry.contentType).toContain('text/plain');
  });
});
