import { type PreparedThread, prepareEncoderThread } from '../adapters/onnx/encoder-thread.js';

/** What a start has under way before its policy is known. It keeps no process alive. */
export interface Prepared {
  readonly encoderThread: PreparedThread;
}

/**
 * The first file to be loaded: starts what needs no policy. Whoever serves calls this and only then loads the rest, so
 * this file imports next to nothing.
 */
export function prepareSextant(): Prepared {
  return { encoderThread: prepareEncoderThread() };
}
