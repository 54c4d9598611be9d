// Features of pairs for the trainer of the pair judge, computed by the code that serves.
//   npm run build && node models/train/pair_features.mjs PAIRS.jsonl OUT.f32
//   node models/train/pair_features.mjs --names
// PAIRS.jsonl holds {"a": ..., "b": ...} a line, a being the question asked and b the stored one; other keys are left
// alone. OUT.f32 holds float32 little-endian, row-major, twice as many rows as there are lines: the rows of (a, b), and
// after them all the rows of (b, a), since the judge reads both orders.
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PAIR_FEATURES, pairFeatures } from '../../dist/cache/verification/pair-features.js';

const [input, output] = process.argv.slice(2);

if (input === '--names') {
  process.stdout.write(`${JSON.stringify(PAIR_FEATURES)}\n`);
} else if (input === undefined || output === undefined) {
  process.stderr.write('usage: node models/train/pair_features.mjs PAIRS.jsonl OUT.f32 | --names\n');
  process.exitCode = 2;
} else {
  const out = createWriteStream(output);
  let pairs = 0;
  for (const swap of [false, true]) pairs = await writeRows(out, swap);
  out.end();
  await once(out, 'finish');
  process.stdout.write(
    `${JSON.stringify({ pairs, rows: 2 * pairs, features: PAIR_FEATURES.length, names: PAIR_FEATURES })}\n`,
  );
}

async function writeRows(out, swap) {
  let row = 0;
  for await (const line of createInterface({ input: createReadStream(input), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    row += 1;
    const { a, b } = JSON.parse(line);
    if (typeof a !== 'string' || typeof b !== 'string') {
      throw new Error(`line ${row} of ${input} has no texts "a" and "b"`);
    }
    const features = swap ? pairFeatures(b, a) : pairFeatures(a, b);
    if (!out.write(Buffer.from(features.buffer))) await once(out, 'drain');
  }
  return row;
}
