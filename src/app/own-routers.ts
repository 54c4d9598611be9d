import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readRouter } from '../evaluation/router-files.js';
import { expectQuality, type Router } from '../learn/router.js';
import { plainPart, type Tensor } from '../learn/router-parts.js';
import type { QualityRouter } from '../selection/expected-quality.js';

export interface RouterWish {
  /** Name of a shipped router, or an absolute folder. */
  readonly named: string;
  /** Folder of the models; the shipped ones are in its `routers`. */
  readonly modelsDir: string;
  /** sha256 of the encoder's model file, hex. */
  readonly encoderHash: string;
}

/**
 * Reads a router that `sextant train router` wrote, as policies ask for it. Few policies have one, so this file is
 * loaded for those alone.
 *
 * @throws DataError when it cannot be read, or was trained on another encoder; the message says what to do
 */
export async function readOwnRouter({ named, modelsDir, encoderHash }: RouterWish): Promise<QualityRouter> {
  const folder = named.includes('/') ? named : join(modelsDir, 'routers', named);
  const router = await readRouter(folder, encoderHash);
  return {
    name: router.name,
    hash: hashOf(router),
    models: router.models.map(({ name }) => name),
    expect: (text, embedding) => expectQuality(router, { text, embedding }),
    sample: router.sample,
  };
}

/** Of all that an expectation is made from. */
function hashOf({ models, parts, blend, tokens, sample }: Router): string {
  const plain = [...parts, ...(tokens === undefined ? [] : [tokens.part])].map(plainPart);
  const hash = createHash('sha256');
  hash.update(JSON.stringify([models, plain.map(({ kind, settings }) => [kind, settings])]));
  const arrays: readonly Tensor[] = [
    ...plain.flatMap(({ tensors }) => Object.values(tensors)),
    blend.weights,
    blend.biases,
    sample.quality,
    sample.outputTokens,
    sample.promptTokens,
  ];
  for (const { buffer, byteOffset, byteLength } of arrays) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
