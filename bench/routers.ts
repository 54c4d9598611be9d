import { fileURLToPath } from 'node:url';
import { built } from './built.js';
import { longPrompt, shortPrompt } from './prompts.js';
import { summarise } from './stats.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures what the shipped routers take to say what they expect of a prompt, once the encoder has read it. Ends with
 * status 1 when a target is missed.
 */
const ROUTERS = ['mixtral-gpt4', 'mmlu-pro-10'];
const PROMPTS = 64;
const ROUNDS = 40;
/** Half of what the encoder takes for a prompt of 64 tokens. */
const TARGET_US = 2_000;
const DEADLINE_MS = 60_000;

interface Classifier {
  readonly encoder: { readonly hash: string; encode(text: string, deadlineMs: number): Promise<object> };
  close(): Promise<void>;
}
interface QualityRouter {
  expect(text: string, embedding: object): unknown;
}

const { openClassifier } = await built<{ readonly openClassifier: () => Promise<Classifier> }>('app.js');
const { readOwnRouter } = await built<{
  readonly readOwnRouter: (wish: object) => Promise<QualityRouter>;
}>('app/own-routers.js');

const { encoder, close } = await openClassifier();
const modelsDir = fileURLToPath(new URL('../../models', import.meta.url));
const rows: Row[] = [];
for (const [words, prompt] of [
  ['14 words', shortPrompt],
  ['400 words', longPrompt],
] as const) {
  const texts = Array.from({ length: PROMPTS }, (_, index) => prompt(index));
  const prompts: { readonly text: string; readonly embedding: object }[] = [];
  for (const text of texts) prompts.push({ text, embedding: await encoder.encode(text, DEADLINE_MS) });
  for (const named of ROUTERS) {
    const router = await readOwnRouter({ named, modelsDir, encoderHash: encoder.hash });
    rows.push(
      row(`${named}, ${words}`, () => {
        for (const { text, embedding } of prompts) router.expect(text, embedding);
      }),
    );
  }
}
await close();
console.log(
  `\nwhat a router takes for one prompt that is encoded; mean of ${PROMPTS} prompts, p50 of ${ROUNDS}\n`,
);
console.log(renderTable(rows));
process.exitCode = rows.every(isHeld) ? 0 : 1;

function row(what: string, run: () => void): Row {
  for (let at = 0; at < ROUNDS / 4; at += 1) run();
  const samplesMs = new Float64Array(ROUNDS);
  for (let at = 0; at < ROUNDS; at += 1) {
    const started = performance.now();
    run();
    samplesMs[at] = (performance.now() - started) / PROMPTS;
  }
  return {
    what,
    unit: 'µs',
    measured: 1000 * summarise(samplesMs).p50Ms,
    target: TARGET_US,
    hold: 'at most',
  };
}
