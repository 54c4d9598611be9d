import { describe, expect, test } from '@jest/globals';
import { DEMO_QUESTIONS, type DemoQuestion, requestBody } from '../../../src/cli/demo-questions.js';
import { demoTable } from '../../../src/cli/demo-table.js';
import { deviations, type Observed, summarise, wrongHits } from '../../../src/cli/demo-verdict.js';

/** A run in which everything came out as expected. */
function goodRun(): Observed[] {
  return DEMO_QUESTIONS.map(({ expected }, at) => ({
    status: 200,
    model: expected.model,
    decision: expected.decision,
    cache: expected.cache,
    similarity: '',
    overheadMs: at + 1,
    ms: [16_000, 2, 4, 3000, 3000, 3000][at] ?? 0,
    content: expected.servedFrom === undefined ? `answer ${at}` : `answer ${expected.servedFrom}`,
    asked: expected.cache === 'miss' ? [expected.model] : [],
  }));
}

function changed(at: number, change: Partial<Observed>): Observed[] {
  return goodRun().map((seen, index) => (index === at ? { ...seen, ...change } : seen));
}

function question(at: number): DemoQuestion {
  const found = DEMO_QUESTIONS[at];
  if (found === undefined) throw new Error(`there is no question ${at}`);
  return found;
}

describe('the verdict on a run', () => {
  test('is good for a good run', () => {
    const run = goodRun();
    expect(run.flatMap((seen, at) => deviations(question(at), seen))).toEqual([]);
    expect(summarise(DEMO_QUESTIONS, run)).toEqual({
      cold_ms: 16_000,
      exact_hit_ms: 2,
      semantic_hit_ms: 4,
      speedup: 4000,
      overhead_ms_p50: 3.5,
      wrong_hits: 0,
    });
  });

  test.each<[Partial<Observed>, string]>([
    [{ status: 500 }, 'status: expected 200, got 500'],
    [{ model: 'coder' }, 'model: expected small-general, got coder'],
    [{ decision: '' }, 'decision: expected default, got (nothing)'],
    [{ cache: 'hit-exact' }, 'cache: expected miss, got hit-exact'],
    [{ asked: [] }, 'asked upstream: expected small-general, got nobody'],
    [{ asked: ['coder', 'coder'] }, 'asked upstream: expected small-general, got coder+coder'],
  ])('names what differs: %j', (change, message) => {
    expect(deviations(question(5), changed(5, change)[5] ?? (goodRun()[0] as Observed))).toEqual([message]);
  });

  test('counts a hit where nothing may be served', () => {
    expect(wrongHits(DEMO_QUESTIONS, changed(5, { cache: 'hit-semantic', content: 'answer 0' }))).toBe(1);
  });

  test('counts a hit that is not the stored answer, byte for byte', () => {
    expect(wrongHits(DEMO_QUESTIONS, changed(2, { content: 'answer 0 ' }))).toBe(1);
  });

  test('counts a stored answer that was served while the headers say miss', () => {
    expect(wrongHits(DEMO_QUESTIONS, changed(5, { content: 'answer 0' }))).toBe(1);
  });

  test('does not call an error a hit', () => {
    expect(wrongHits(DEMO_QUESTIONS, changed(5, { status: 500, cache: 'hit-semantic' }))).toBe(0);
  });

  test('has a table with a mark for each row and a line for each complaint', () => {
    const rows = changed(5, { model: 'coder', overheadMs: undefined }).map((seen, at) => ({
      question: question(at),
      seen,
      deviations: deviations(question(at), seen),
    }));
    const lines = demoTable(rows);
    expect(lines).toHaveLength(2 + 6 + 1);
    expect(lines.filter((line) => line.endsWith('✓'))).toHaveLength(5);
    expect(lines.at(-1)).toBe('6 ✗ model: expected small-general, got coder');
    expect(lines[0]).toMatch(/prompt .*model .*decision .*cache .*similarity .*ms .*sextant ms .*expected/);
  });
});

test('the request is the one of the article', () => {
  expect(JSON.parse(requestBody(question(0).prompt))).toEqual({
    model: 'auto',
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'What are the main renewable energy sources?' },
    ],
    temperature: 0.7,
  });
});
