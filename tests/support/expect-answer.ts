import { expect } from '@jest/globals';
import type { Answer } from './http.js';

/** What the answer headers of one answer should say; what is left out is not looked at. */
export interface Signed {
  readonly status?: number;
  readonly model?: string;
  readonly decision?: string;
  readonly path?: string;
  /** With its reason, as `miss;reason=empty`, or without. */
  readonly cache?: string;
}

/** Holds an answer's headers against a table line, all at once so that a failure shows all of them. */
export function expectSigned(answer: Answer, wanted: Signed): void {
  const cache = answer.headers['x-sextant-cache'];
  const seen = {
    model: answer.headers['x-sextant-model'],
    decision: answer.headers['x-sextant-decision'],
    path: answer.headers['x-sextant-path'],
    cache: wanted.cache?.includes(';') === true ? cache : cache?.split(';')[0],
  };
  expect({ status: answer.status, ...seen }).toMatchObject(wanted);
}

/** The error of an answer, once its shape is OpenAI's. */
export function errorOf(answer: Answer): {
  message: string;
  type: string;
  param: string | null;
  code: string;
} {
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const { error } = JSON.parse(answer.text);
  expect(error).toEqual({
    message: expect.stringMatching(/\S/),
    type: expect.stringMatching(/_error$/),
    param: error.param === null ? null : expect.any(String),
    code: expect.any(String),
  });
  return error;
}
