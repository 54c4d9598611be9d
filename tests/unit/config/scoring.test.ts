import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { goodOf, problemsOf } from '../../support/config.js';

function config(more: string, decision = '', card = '') {
  return parseConfig(
    `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 32768${card} }
default_model: small
${more}
decisions:
  - { name: both, when: always, models: [small, large]${decision} }
`,
    '/policies/sextant.yaml',
  );
}

function read(more: string, decision = '', card = '') {
  return goodOf(config(more, decision, card));
}

function problems(more: string, decision = '', card = ''): readonly string[] {
  return problemsOf(config(more, decision, card));
}

const USUAL = { weight: 1, price: 0.001, latency: 0, load: 0, affinity: 0, lora: 0 };
const OPEN = { firstTokenMs: undefined, tokenMs: undefined, answerMs: undefined, requestUsd: undefined };

describe('what counts', () => {
  test('is weight, then price, where nobody says otherwise', () => {
    const { scoring, load, timesAnswers } = read('');
    const base = { weights: USUAL, busyFrom: 0.7, ceilings: OPEN };
    expect(scoring).toEqual({ base, byDecision: new Map() });
    expect(timesAnswers).toBe(false);
    expect(load).toBeUndefined();
  });

  test('is what a decision says, then what the file says of all', () => {
    const { scoring } = read(
      'selection: { scorers: { weight: 0, price: 2 } }',
      ', selection: { scorers: { price: 3 } }',
    );
    expect(scoring.base.weights).toEqual({ ...USUAL, weight: 0, price: 2 });
    expect(scoring.byDecision.get('both')?.weights).toEqual({ ...USUAL, weight: 0, price: 3 });
  });

  test('needs no router, while a goal does', () => {
    expect(problems('selection: { scorers: {} }')).toEqual([]);
    expect(problems('selection: { quality_bias: 0.5, scorers: {} }')).toEqual([
      '/policies/sextant.yaml:5:12: selection: names no router; add router',
    ]);
  });
});

describe('the load of pools', () => {
  test('counts a little once the section is there', () => {
    const { load, scoring } = read('load: {}');
    expect(load).toEqual({ pollIntervalMs: 1000, timeoutMs: 500, keepMs: 3500, path: '/metrics' });
    expect(scoring.base.weights).toEqual({ ...USUAL, load: 0.1, lora: 0.1 });
    expect(read('load: { enabled: false }')).toMatchObject({
      load: undefined,
      scoring: { base: { weights: USUAL } },
    });
  });

  test('counts what is written', () => {
    const more =
      'load: { poll_interval_ms: 200, timeout_ms: 100, forget_after: 5, path: /own/metrics, busy_from: 0.2 }\n' +
      'selection: { scorers: { load: 0.5 } }';
    const { load, scoring } = read(more, ', selection: { scorers: { lora: 2 } }');
    expect(load).toEqual({ pollIntervalMs: 200, timeoutMs: 100, keepMs: 1100, path: '/own/metrics' });
    expect(scoring.byDecision.get('both')).toMatchObject({
      weights: { ...USUAL, load: 0.5, lora: 2 },
      busyFrom: 0.2,
    });
  });

  test('cannot count where nobody asks', () => {
    const message = 'needs the section load, which asks the pools; add one, even if it is empty: {}';
    expect(problems('selection: { scorers: { load: 1, lora: 0 } }')).toEqual([
      `/policies/sextant.yaml:5:31: selection.scorers.load: ${message}`,
    ]);
    expect(problems('', ', selection: { scorers: { lora: 1 } }')).toEqual([
      `/policies/sextant.yaml:7:87: decisions[0].selection.scorers.lora: ${message}`,
    ]);
  });

  test('is known by its keys', () => {
    expect(problems('load: { poll_intervall_ms: 5 }')[0]).toContain('did you mean "poll_interval_ms"?');
    expect(problems('load: { path: metrics }')[0]).toContain('is no path; begin with "/"');
    expect(problems('selection: { scorers: { lod: 1 } }')[0]).toContain('did you mean "load"?');
  });

  test('is full at so many requests', () => {
    expect(read('', '', ', pool: { max_num_seqs: 8 }').models.map(({ pool }) => pool.maxNumSeqs)).toEqual([
      256, 8,
    ]);
  });
});

describe('conversations', () => {
  test('count a little once the section is there', () => {
    const { affinity, scoring } = read('affinity: {}');
    expect(affinity).toEqual({ header: undefined, ttlMs: 600_000, entriesMax: 10_000 });
    expect(scoring.base.weights).toEqual({ ...USUAL, affinity: 0.1 });
    expect(read('')).toMatchObject({ affinity: undefined });
    const off = read('affinity: { enabled: false }\nselection: { scorers: { affinity: 1 } }');
    expect(off).toMatchObject({ affinity: undefined, scoring: { base: { weights: USUAL } } });
  });

  test('count what is written', () => {
    const more =
      'affinity: { header: x-chat, ttl_s: 60, entries_max: 7 }\nselection: { scorers: { affinity: 0.5 } }';
    expect(read(more).affinity).toEqual({ header: 'x-chat', ttlMs: 60_000, entriesMax: 7 });
    expect(read(more).scoring.base.weights.affinity).toBe(0.5);
  });

  test('cannot count where nobody keeps them, nor be named by a header that never comes', () => {
    expect(problems('selection: { scorers: { affinity: 1 } }')).toEqual([
      '/policies/sextant.yaml:5:35: selection.scorers.affinity: needs the section affinity, which keeps ' +
        'conversations in mind; add one, even if it is empty: {}',
    ]);
    expect(problems('affinity: { header: x-sextant-chat }')[0]).toContain('choose another header');
    expect(problems('affinity: { entries: 5 }')[0]).toContain('the keys here are enabled, header');
  });
});

describe('a ceiling', () => {
  test('holds for a decision, or for all', () => {
    const { scoring } = read(
      'selection: { first_token_ms_max: 500, request_usd_max: 0.01 }',
      ', selection: { first_token_ms_max: 300, token_ms_max: 0.5, answer_ms_max: 9000 }',
    );
    expect(scoring.base.ceilings).toEqual({ ...OPEN, firstTokenMs: 500, requestUsd: 0.01 });
    expect(scoring.byDecision.get('both')?.ceilings).toEqual({
      firstTokenMs: 300,
      tokenMs: 0.5,
      answerMs: 9000,
      requestUsd: 0.01,
    });
  });

  test.each([
    ['selection: { request_usd_max: 0.01 }', '', false],
    ['selection: { first_token_ms_max: 500 }', '', true],
    ['selection: { scorers: { latency: 0.1 } }', '', true],
    ['', ', selection: { token_ms_max: 5 }', true],
    ['', ', selection: { answer_ms_max: 5 }', true],
  ])('on time needs the answers to be heard: %s%s', (more, decision, wanted) => {
    const { timesAnswers, routes } = read(`${more}\nroutes: [{ read_usage: false }]`, decision);
    expect(timesAnswers).toBe(wanted);
    expect(routes[0]?.hearsAnswers).toBe(wanted);
  });

  test('says what is wrong with it', () => {
    expect(problems('selection: { first_token_ms_max: 0 }')[0]).toContain('must be at least 1 but is 0');
    expect(problems('selection: { first_token_max: 5 }')[0]).toContain('did you mean "first_token_ms_max"?');
  });
});

describe('an adapter', () => {
  test('has the name of its model in the pool, unless it has another', () => {
    const named = read('', '', ', lora: {}').models[1];
    expect(named?.lora).toEqual({ adapter: 'large', base: undefined });
    expect(read('', '', ', lora: { adapter: "org/sql" }').models[1]?.lora?.adapter).toBe('org/sql');
    expect(read('').models[1]).not.toHaveProperty('lora');
  });

  test('belongs to a model of the same pool', () => {
    expect(problems('', '', ', lora: { base: smal }')).toEqual([
      '/policies/sextant.yaml:3:88: models[1].lora.base: no model is called "smal"; did you mean "small"?',
    ]);
    const elsewhere =
      'is served by another pool; name the base of this pool, and give both models the same cluster';
    expect(problems('', '', ', lora: { base: small }')).toEqual([
      `/policies/sextant.yaml:3:88: models[1].lora.base: ${elsewhere}`,
    ]);
    expect(problems('', '', ', lora: { base: large }')[0]).toContain(elsewhere);
    const shared = `models:
  - { name: base, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
  - { name: sql, cluster: base, endpoints: ["127.0.0.1:9101"], context_window: 32768, lora: { base: base } }
default_model: base
`;
    expect(parseConfig(shared, 's.yaml').ok).toBe(true);
  });
});
