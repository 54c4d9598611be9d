/** How fast a simulator answers. */
export interface Timing {
  /** Time to the first token. Milliseconds. */
  readonly ttftMs: number;
  /** Tokens per second after the first one; 0 means all at once. */
  readonly tokensPerSecond: number;
}

/** A piece of an answer and the number of tokens that must have been made before it may be sent. */
export interface Step {
  readonly afterTokens: number;
  readonly text: string;
}

/** Takes pieces of an answer; `end` comes exactly once, unless the play was cancelled. */
export interface Sink {
  write(text: string): void;
  end(text: string): void;
}

/** Milliseconds from the request to the moment when `tokens` tokens exist; the first one comes at the TTFT. */
export function dueMs(timing: Timing, tokens: number): number {
  if (timing.tokensPerSecond === 0) return timing.ttftMs;
  return timing.ttftMs + (Math.max(tokens - 1, 0) * 1000) / timing.tokensPerSecond;
}

/**
 * Plays the steps at their time. Every wait is reckoned from the start of the play, so that late timers never add up.
 * A timing without any delay writes everything in one go.
 *
 * @returns a function that stops the play
 */
export function play(steps: readonly Step[], timing: Timing, sink: Sink): () => void {
  const lastStep = steps.at(-1);
  if (lastStep === undefined || dueMs(timing, lastStep.afterTokens) === 0) {
    sink.end(steps.map((step) => step.text).join(''));
    return () => {};
  }
  const startedMs = performance.now();
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const tick = (): void => {
    const elapsedMs = performance.now() - startedMs;
    let due = '';
    let step = steps[next];
    while (step !== undefined && dueMs(timing, step.afterTokens) <= elapsedMs) {
      due += step.text;
      next += 1;
      step = steps[next];
    }
    if (step === undefined) {
      sink.end(due);
      return;
    }
    if (due !== '') sink.write(due);
    // Node truncates a fractional delay, which would wake a little early and spin: round up instead.
    timer = setTimeout(tick, Math.ceil(dueMs(timing, step.afterTokens) - elapsedMs));
  };
  tick();
  return () => clearTimeout(timer);
}
