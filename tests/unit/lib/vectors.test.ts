import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { innerProduct, vectorOf, vectorText } from '../../../src/lib/vectors.js';

const vectors = fc.float32Array({ maxLength: 64 });

describe('the text of a vector', () => {
  test('gives back every number to the bit', () => {
    fc.assert(
      fc.property(vectors, (vector) => {
        const back = vectorOf(vectorText(vector)) ?? new Float32Array(1);
        expect(new Uint8Array(back.buffer)).toEqual(
          new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength),
        );
      }),
    );
  });

  test('is that of the view alone, not of the memory around it', () => {
    const all = Float32Array.of(1, 2, 3, 4);
    expect(vectorOf(vectorText(all.subarray(1, 3)))).toEqual(Float32Array.of(2, 3));
  });

  test('is refused where bytes are missing', () => {
    expect(vectorOf(Buffer.from([1, 2, 3]).toString('base64'))).toBeUndefined();
  });
});

describe('innerProduct', () => {
  test('multiplies and sums up', () => {
    expect(innerProduct(Float32Array.of(1, 2, 3), Float32Array.of(4, -5, 6))).toBe(12);
    expect(innerProduct(new Float32Array(0), new Float32Array(0))).toBe(0);
  });

  test('is no number for vectors of unlike length', () => {
    expect(innerProduct(Float32Array.of(1), Float32Array.of(1, 1))).toBeNaN();
  });
});
