/** One step of some long work; false when nothing is left of it. */
export type Step = () => boolean;

/**
 * Long work cut into steps of about a millisecond. One step is taken in each turn of the event loop, whatever the
 * number of works, so that requests are served between any two of them.
 */
export class Background {
  private works = new Set<Step>();
  private turn: NodeJS.Immediate | undefined;

  /** Takes the work up, once: a work that is known already goes on as it does. */
  take(work: Step): void {
    this.works.add(work);
    this.turn ??= setImmediate(this.run);
  }

  /** Forgets what is left to do. */
  clear(): void {
    this.works = new Set();
    clearImmediate(this.turn);
    this.turn = undefined;
  }

  private readonly run = (): void => {
    this.turn = undefined;
    const [work] = this.works;
    if (work === undefined) return;
    this.works.delete(work);
    // Behind the others, so that each has its turn.
    if (work()) this.works.add(work);
    if (this.works.size > 0) this.turn ??= setImmediate(this.run);
  };
}
