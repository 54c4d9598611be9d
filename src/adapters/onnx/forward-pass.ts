import { type InferenceSession, Tensor } from 'onnxruntime-node';

/** Named numbers that a pass gave, of all its texts one after the other. */
export type PassOutputs = ReadonlyMap<string, Float32Array>;

/**
 * Runs the model over texts of like length, the shorter ones padded. The numbers lie in the runtime's memory, which
 * cannot be handed to another thread: whoever keeps them copies them.
 *
 * @throws Error when the runtime fails, or the model lacks one of the outputs
 */
export async function runPass(
  model: InferenceSession,
  texts: readonly (readonly number[])[],
  outputs: readonly string[],
): Promise<PassOutputs> {
  const length = Math.max(...texts.map((ids) => ids.length));
  const shape = [texts.length, length];
  const size = texts.length * length;
  const ids = new BigInt64Array(size);
  const mask = new BigInt64Array(size);
  texts.forEach((text, row) => {
    ids.set(BigInt64Array.from(text, BigInt), row * length);
    mask.fill(1n, row * length, row * length + text.length);
  });
  const feeds = {
    input_ids: new Tensor('int64', ids, shape),
    attention_mask: new Tensor('int64', mask, shape),
    token_type_ids: new Tensor('int64', new BigInt64Array(size), shape),
  };
  const results = await model.run(feeds, outputs);
  return new Map(
    outputs.map((name) => {
      const data = results[name]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`the model has no float32 output named "${name}"`);
      return [name, data];
    }),
  );
}
