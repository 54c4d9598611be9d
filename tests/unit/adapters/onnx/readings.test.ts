import { describe, expect, test } from '@jest/globals';
import type { PassOutputs } from '../../../../src/adapters/onnx/forward-pass.js';
import { createPassReader } from '../../../../src/adapters/onnx/readings.js';
import { smallHeads } from './small-heads.js';

const LENGTH = 4;
const TAGS = 5;

/** Two texts of four tokens each; the numbers of the second are another ones, and its second token is a name. */
function outputs(change: Readonly<Record<string, Float32Array | undefined>> = {}): PassOutputs {
  const pii = new Float32Array(2 * LENGTH * TAGS);
  for (let token = 0; token < 2 * LENGTH; token += 1) pii[token * TAGS] = 9;
  pii[(LENGTH + 1) * TAGS + 1] = 20;
  const all = {
    embedding: Float32Array.of(1, 0, 0, 1),
    features: Float32Array.of(1, 2, 3, 4),
    domain: Float32Array.of(0, 0, 5, -5),
    intent: Float32Array.of(0, 0, 5, -5),
    difficulty: Float32Array.of(0, 0, 0, 5, 5, 5),
    guard: Float32Array.of(5, 0, 0, 0, 5, 0),
    document: Float32Array.of(5, 0, 0, 5),
    pii,
    ...change,
  };
  return new Map(Object.entries(all).filter(([, data]) => data !== undefined)) as PassOutputs;
}

function text(row: number, head = 'Ada said', tail = '') {
  const content = { ids: [7, 8], starts: [0, 4], ends: [3, 8], continues: [false, false] };
  const tokens = { ids: [1, 7, 8, 2], truncated: tail !== '', unknownShare: 0 };
  return {
    window: { head, tail },
    tokens: tail === '' ? { ...tokens, content } : tokens,
    row,
    rows: 2,
  };
}

describe('createPassReader', () => {
  const reader = createPassReader(2, smallHeads());

  test('asks for the outputs that it reads', () => {
    const names = ['embedding', 'features', 'domain', 'intent', 'difficulty', 'guard', 'document', 'pii'];
    expect(reader.outputs).toEqual(names);
    expect(createPassReader(2, undefined).outputs).toEqual(['embedding']);
  });

  test('gives each text its own numbers', () => {
    const [first, second] = [reader.read(outputs(), text(0)), reader.read(outputs(), text(1))];
    expect([first.vector, second.vector]).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    expect([first.heads?.features, second.heads?.features]).toEqual([
      Float32Array.of(1, 2),
      Float32Array.of(3, 4),
    ]);
    expect(first.heads?.probabilities.guard[0]).toBeGreaterThan(0.9);
    expect(second.heads?.probabilities.guard[1]).toBeGreaterThan(0.9);
    expect(second.heads?.probabilities.difficulty[0]).toBeGreaterThan(0.9);
    expect(first.heads?.spans).toEqual([]);
    expect(second.heads?.spans).toMatchObject([{ type: 'PERSON', start: 0, end: 3 }]);
    expect(second).toMatchObject({ tokens: 4, truncated: false, unknownShare: 0 });
  });

  test('the words of the text take part, those of both its ends', () => {
    const of = (head: string, tail?: string) => {
      const pass = outputs({ guard: new Float32Array(6) });
      return reader.read(pass, text(0, head, tail)).heads?.probabilities.guard[1] ?? 0;
    };
    expect(of('jailbreak')).toBeGreaterThan(of('say something') + 0.3);
    expect(of('say something', 'jailbreak')).toBeGreaterThan(of('say something', 'else') + 0.3);
  });

  test('a text that was cut has no spans', () => {
    expect(reader.read(outputs(), text(1, 'Ada', 'end')).heads?.spans).toEqual([]);
  });

  test('all numbers lie in one block that is the text’s own, and the runtime’s are left as they are', () => {
    const pass = outputs();
    const { vector, heads } = reader.read(pass, text(1));
    const blocks = [vector, heads?.features, ...Object.values(heads?.probabilities ?? {})];
    expect(new Set(blocks.map((each) => each?.buffer)).size).toBe(1);
    expect(vector.buffer.byteLength).toBe(4 * (2 + 2 + 2 + 2 + 3 + 3 + 2));
    expect(pass).toEqual(outputs());
  });

  test('without heads there is a vector of its own and nothing else', () => {
    const pass = new Map([['embedding', Float32Array.of(1, 0, 0, 1)]]);
    const embedding = createPassReader(2, undefined).read(pass, text(1));
    expect(embedding).toEqual({
      vector: Float32Array.of(0, 1),
      tokens: 4,
      truncated: false,
      unknownShare: 0,
    });
    expect(embedding.vector.buffer.byteLength).toBe(8);
  });

  test.each<[string, Readonly<Record<string, Float32Array | undefined>>, string]>([
    ['a vector', { embedding: new Float32Array(6) }, 'vectors of 3, the manifest promises 2'],
    ['a head', { guard: new Float32Array(4) }, 'head "guard" tells 2 labels apart, heads.json names 3'],
    ['a head that is missing', { guard: undefined }, 'head "guard" tells 0 labels apart'],
    ['tags', { pii: new Float32Array(2 * LENGTH * 3) }, 'does not tell the 5 tags'],
    ['tags of fewer tokens', { pii: new Float32Array(2 * TAGS) }, 'does not tell the 5 tags'],
  ])('refuses %s of another shape', (_what, change, message) => {
    expect(() => reader.read(outputs(change), text(0))).toThrow(message);
  });
});
