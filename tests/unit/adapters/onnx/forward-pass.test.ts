import { describe, expect, test } from '@jest/globals';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { runPass } from '../../../../src/adapters/onnx/forward-pass.js';

type Feeds = Readonly<Record<string, Tensor>>;

function fakeModel(outputs: Readonly<Record<string, unknown>>) {
  const seen: Feeds[] = [];
  const run = async (feeds: Feeds) => {
    seen.push(feeds);
    return outputs;
  };
  return { model: { run } as unknown as InferenceSession, seen };
}

const numbers = (tensor: Tensor | undefined) => Array.from((tensor?.data ?? []) as BigInt64Array, Number);

describe('runPass', () => {
  test('pads the shorter texts, and the mask leaves the padding out', async () => {
    const { model, seen } = fakeModel({ embedding: { data: Float32Array.of(1, 2) } });
    const outputs = await runPass(
      model,
      [
        [101, 7, 102],
        [101, 102],
      ],
      ['embedding'],
    );
    const [feeds] = seen;
    expect(feeds?.['input_ids']?.dims).toEqual([2, 3]);
    expect(numbers(feeds?.['input_ids'])).toEqual([101, 7, 102, 101, 102, 0]);
    expect(numbers(feeds?.['attention_mask'])).toEqual([1, 1, 1, 1, 1, 0]);
    expect(numbers(feeds?.['token_type_ids'])).toEqual([0, 0, 0, 0, 0, 0]);
    expect(outputs.get('embedding')).toEqual(Float32Array.of(1, 2));
  });

  test.each([{}, { guard: { data: BigInt64Array.of(1n) } }])(
    'names an output that the model lacks',
    async (outputs) => {
      const { model } = fakeModel(outputs);
      await expect(runPass(model, [[1]], ['guard'])).rejects.toThrow('no float32 output named "guard"');
    },
  );
});
