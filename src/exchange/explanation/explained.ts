import type { SextantError } from '../../lib/sextant-error.js';
import type { Inquiry } from '../inquiry.js';
import type { Trail } from '../trail.js';

/** What a request left behind once its verdict is there. */
export interface Explained {
  readonly inquiry: Inquiry;
  readonly trail: Trail;
  /** What the client would be told instead of an answer. */
  readonly refusal: SextantError | undefined;
  /** By signal, as far as they were asked. Milliseconds. */
  readonly signalMs: ReadonlyMap<string, number>;
  readonly totalMs: number;
  readonly showPrompts: boolean;
}
