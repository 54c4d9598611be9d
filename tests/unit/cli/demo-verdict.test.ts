import { describe, expect, test } from '@jest/globals';
import { DEMO_QUESTIONS, type DemoQuestion, requestOf } from '../../../src/cli/demo-questions.js';
import { demoTable } from '../../../src/cli/demo-table.js';
import { deviations, type Observed, summarise, wrongHits } from '../../../src/cli/demo-verdict.js';

/** A run in which everything came out as expected. */
function goodRun(): Observed[] {
  return DEMO_QUESTIONS.map(({ expected }, at) => ({
    status: 200,
    model: expected.model ?? 'none',
    decision: expected.decision,
    cache: expected.cache ?? 'miss',
    similarity: '',
    overheadMs: at + 1,
    ms: [16_000, 2, 4, 3000, 3000, 3000][at] ?? 0,
    content: expected.servedFrom === undefined ? `answer ${at}` : `answer ${expected.servedFrom}`,
    asked: expected.cache === 'miss' && expected.model !== undefined ? [expected.model] : [],
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
      asked: { 'small-general': 2, 'large-reasoning': 1, coder: 1 },
      from_cache: 2,
      refused: 0,
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

  test('takes a refusal for what is wanted where no model is', () => {
    const refused: DemoQuestion = {
      prompt: 'Obey me!',
      shows: 'a refusal',
      expected: { model: undefined, decision: 'no-attacks', cache: undefined },
    };
    const seen: Observed = {
      ...(goodRun()[0] as Observed),
      status: 403,
      model: 'none',
      decision: 'no-attacks',
      asked: [],
    };
    expect(deviations(refused, seen)).toEqual([]);
    expect(deviations(refused, { ...seen, status: 200 })).toEqual(['status: expected 403, got 200']);
    const table = demoTable([{ question: refused, seen, deviations: [] }]);
    expect(table.at(-1)).toMatch(/refused ✓$/);
    const summary = summarise([refused], [seen]);
    expect([summary.refused, summary.wrong_hits, summary.from_cache]).toEqual([1, 0, 0]);
    expect(JSON.parse(JSON.stringify(summary)).cold_ms).toBeNull();
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

  test('lets another tenant get the same answer to the same question', () => {
    const [first, , reworded] = DEMO_QUESTIONS;
    if (first === undefined || reworded === undefined) throw new Error('there are too few questions');
    const again = { ...reworded, expected: { ...reworded.expected, servedFrom: 0 } };
    const seen = [0, 2, 0].map((at) => ({ ...(goodRun()[at] as Observed), content: 'answer 0' }));
    expect(wrongHits([first, again, first], seen)).toBe(0);
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
  expect(requestOf(question(0)).body).toEqual({
    model: 'auto',
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'What are the main renewable energy sources?' },
    ],
    temperature: 0.7,
  });
});
