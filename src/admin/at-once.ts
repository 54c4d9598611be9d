import { SextantError } from '../lib/sextant-error.js';

/** Lets some work begin while there is room for it. */
export interface AtOnce {
  /**
   * Takes a place.
   *
   * @returns gives the place back; more calls do nothing
   * @throws SextantError `overloaded` when all places are taken
   */
  enter(): () => void;
  /** Does the work in a place of its own. Throws what `enter` throws. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** @param what is going on when all places are taken, for the message: `texts are being classified` */
export function atOnce(max: number, what: string): AtOnce {
  let running = 0;
  const enter = (): (() => void) => {
    if (running >= max) throw new SextantError('overloaded', `${max} ${what}; try again in a second.`);
    running += 1;
    let inside = true;
    return () => {
      if (inside) running -= 1;
      inside = false;
    };
  };
  return {
    enter,
    async run(work) {
      const leave = enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
