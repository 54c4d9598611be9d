import { built } from './built.js';
import { summarise } from './stats.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures what rules cost: the decision engine with 100 rules over 20 signals, and the keyword signals with 5,000
 * keywords over a text of 4 KB. Ends with status 1 when a target is missed.
 */
const RUNS = 20_000;
const TEXT_RUNS = 2_000;
const KEYWORDS = 5_000;
const TEXT_BYTES = 4096;

interface Value {
  readonly state: 'known';
  readonly matched: boolean;
  readonly score: number;
  readonly detail: string;
}
interface Signal {
  evaluate(view: object, embedding: undefined): unknown;
}

const { compileDecisions, decide } = await built<{
  readonly compileDecisions: (decisions: readonly object[]) => object;
  readonly decide: (compiled: object, values: ReadonlyMap<string, Value>) => unknown;
}>('decision/decide.js');
const { keywordSignal } = await built<{ readonly keywordSignal: (options: object) => Signal }>(
  'signals/keyword.js',
);
const { bm25Signal } = await built<{ readonly bm25Signal: (options: object) => Signal }>('signals/bm25.js');
const { seededRandom } = await built<{ readonly seededRandom: (seed: number) => () => number }>(
  'lib/random.js',
);

const random = seededRandom(7);
const pick = (below: number): number => Math.floor(random() * below);
const words = Array.from({ length: 20_000 }, () =>
  Array.from({ length: 4 + pick(8) }, () => String.fromCharCode(97 + pick(26))).join(''),
);
const keywords = words.slice(0, KEYWORDS);
const options = { name: 'words', allOf: [], noneOf: [], caseSensitive: false, regexes: [] };

const rows: readonly Row[] = [
  row({ what: '100 rules over 20 signals', unit: 'µs', target: 20, run: decisions() }),
  row({
    what: '5,000 keywords, none occurs',
    unit: 'µs',
    target: 100,
    run: search({ ...options, anyOf: keywords }, false),
  }),
  row({
    what: '5,000 keywords, all asked for, many occur',
    unit: 'µs',
    target: 100,
    run: search({ ...options, anyOf: [], noneOf: keywords }, true),
  }),
  row({
    what: '5,000 keywords, fuzzy',
    unit: 'µs',
    target: 400,
    run: search({ ...options, anyOf: keywords, fuzzy: true }, false),
  }),
  row({ what: '5,000 ranked words', unit: 'µs', target: 200, run: ranked() }),
];
console.log(`\nrules, over a text of ${TEXT_BYTES} bytes where there is one; p50\n\n${renderTable(rows)}`);
process.exitCode = rows.every(isHeld) ? 0 : 1;

/** Every rule is looked at: the catch-all comes last, and each one nests. */
function decisions(): readonly [run: () => unknown, runs: number] {
  const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
  const leaf = (): object => ({ kind: 'signal', signal: names[pick(20)], onUnknown: 'no-match' });
  const rule = (): object => ({
    kind: 'all',
    rules: [leaf(), { kind: 'any', rules: [leaf(), leaf()] }, { kind: 'not', rule: leaf() }, leaf()],
  });
  const compiled = compileDecisions(
    Array.from({ length: 100 }, (_, index) => ({
      name: `d${index}`,
      priority: 100 - index,
      when: index === 99 ? { kind: 'always' } : rule(),
      action: { kind: 'route', models: ['m'] },
      cache: true,
    })),
  );
  const values = new Map<string, Value>(
    // Few hold, so that the walk goes down to the last rule.
    names.map((name) => [name, { state: 'known', matched: pick(5) === 0, score: random(), detail: '' }]),
  );
  return [() => decide(compiled, values), RUNS];
}

function search(settings: object, holdsKeywords: boolean): readonly [run: () => unknown, runs: number] {
  const signal = keywordSignal(settings);
  const view = { ask: textOf(holdsKeywords ? 0 : KEYWORDS) };
  return [() => signal.evaluate(view, undefined), TEXT_RUNS];
}

function ranked(): readonly [run: () => unknown, runs: number] {
  const signal = bm25Signal({ name: 'ranked', words: keywords, weights: {}, threshold: 1 });
  const view = { ask: textOf(0) };
  return [() => signal.evaluate(view, undefined), TEXT_RUNS];
}

function textOf(from: number): string {
  let text = '';
  while (text.length < TEXT_BYTES) text += `${words[from + pick(words.length - from)]} `;
  return text.slice(0, TEXT_BYTES);
}

function row(given: {
  readonly what: string;
  readonly unit: string;
  readonly target: number;
  readonly run: readonly [run: () => unknown, runs: number];
}): Row {
  const [run, runs] = given.run;
  for (let at = 0; at < runs / 4; at += 1) run();
  const samplesMs = new Float64Array(runs);
  for (let at = 0; at < runs; at += 1) {
    const started = performance.now();
    run();
    samplesMs[at] = performance.now() - started;
  }
  const { what, unit, target } = given;
  return { what, unit, measured: 1000 * summarise(samplesMs).p50Ms, target, hold: 'at most' };
}
