import { createHash } from 'node:crypto';
import { readHead } from '../evaluation/head-files.js';
import { type CustomHead, headInput, scoreHead } from '../signals/custom-head.js';
import type { OwnHead } from './policies.js';

/**
 * Reads a head that `sextant train head` wrote, as policies ask for it. Few policies have such a head, so this
 * file is loaded for those alone.
 *
 * @throws DataError when the head cannot be read, or was trained on another encoder; the message says what to do
 */
export async function readOwnHead(folder: string, encoderHash: string): Promise<OwnHead> {
  const head = await readHead(folder, encoderHash);
  return {
    labels: head.labels,
    hash: hashOf(head),
    judge: (embedding) => {
      const input = headInput(embedding);
      return input === undefined ? undefined : scoreHead(head, input);
    },
  };
}

/** Of all that a score is made from. */
function hashOf({ labels, temperature, outOfScope, weights, biases, centers }: CustomHead): string {
  const hash = createHash('sha256').update(JSON.stringify([labels, temperature, outOfScope]));
  for (const { buffer, byteOffset, byteLength } of [weights, biases, centers]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
