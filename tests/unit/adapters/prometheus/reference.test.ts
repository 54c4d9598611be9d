import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { describeMetrics, metricsReference } from '../../../../src/adapters/prometheus/reference.js';

const PAGE = new URL('../../../../docs/metrics.md', import.meta.url);

/** Units that Prometheus' own rules name, and money. A total of things needs none. */
const UNITS = /_(seconds|bytes|ratio|info|usd_total|tokens_total|characters_total|total)$/;
/** Counts of what is there at this moment, states from 0 to 1, and shares. */
const WITHOUT_UNIT = new Set([
  'sextant_cache_back_open',
  'sextant_cache_back_queue_length',
  'sextant_cache_entries',
  'sextant_cache_false_hits_per_request',
  'sextant_cache_max_error_rate',
  'sextant_config_last_reload_successful',
  'sextant_encoder_queue_length',
  'sextant_learning_correction',
  'sextant_learning_drift',
  'sextant_learning_outcomes',
  'sextant_model_resting',
  'sextant_pool_load',
]);

test('the page of the metrics is the one that the code makes', () => {
  const page = metricsReference();
  if (process.env['SEXTANT_GOLDEN'] === 'write') writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

describe('every metric of ours', () => {
  const ours = describeMetrics().filter(({ name }) => name.startsWith('sextant_'));

  test('was found', () => {
    expect(ours.length).toBeGreaterThan(40);
  });

  test.each(ours)('$name says what it counts, in base units', ({ name, type, help, labels }) => {
    expect(help).toMatch(/^[A-Z0-9].*\.$/);
    expect(UNITS.test(name) || WITHOUT_UNIT.has(name)).toBe(true);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(labels).not.toContain('le');
    // Few values each: none that a client chooses.
    for (const label of labels) expect(['id', 'user', 'tenant', 'prompt', 'address']).not.toContain(label);
  });
});
