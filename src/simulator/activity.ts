/** One request in the simulated engine. */
export interface Work {
  /** The name that the request asked for: the model's own, or an adapter's. */
  readonly model: string;
  readonly promptTokens: number;
  readonly answerTokens: number;
}

export interface EngineLimits {
  /** Requests that are answered at the same time, as with vLLM's `--max-num-seqs`; others wait. */
  readonly maxNumSeqs: number;
  /** What a full KV cache would hold. Tokens. */
  readonly kvTokens: number;
  /** Names of LoRA adapters; empty without LoRA. */
  readonly adapters: readonly string[];
  /** Adapters that can be used at the same time, as with `--max-loras`. */
  readonly maxLoras: number;
}

/** What a simulated engine is doing at one moment. */
export interface EngineState {
  readonly running: number;
  readonly waiting: number;
  /** As if each running request kept its prompt and its whole answer. 0 to 1. */
  readonly kvShare: number;
  readonly runningAdapters: readonly string[];
  readonly waitingAdapters: readonly string[];
  /** Since the start. */
  readonly promptTokens: number;
  readonly answerTokens: number;
}

/** Lets as many requests run as the engine has room for, and knows what it is doing. */
export class Activity {
  /** In the order of their arrival. */
  private readonly running = new Set<Work>();
  private readonly waiting = new Map<Work, () => void>();
  private promptTokens = 0;
  private answerTokens = 0;

  constructor(readonly limits: EngineLimits) {}

  /**
   * Starts the work at once, or as soon as there is room for it.
   *
   * @returns ends it, whether it ran or still waited; the second call does nothing
   */
  begin(work: Work, start: () => void): () => void {
    if (this.hasRoom(work)) this.run(work, start);
    else this.waiting.set(work, start);
    return () => this.end(work);
  }

  read(): EngineState {
    const running = [...this.running];
    const tokens = running.reduce((sum, work) => sum + work.promptTokens + work.answerTokens, 0);
    return {
      running: running.length,
      waiting: this.waiting.size,
      kvShare: Math.min(1, tokens / this.limits.kvTokens),
      runningAdapters: this.adaptersOf(running),
      waitingAdapters: this.adaptersOf([...this.waiting.keys()]),
      promptTokens: this.promptTokens,
      answerTokens: this.answerTokens,
    };
  }

  private run(work: Work, start: () => void): void {
    this.running.add(work);
    this.promptTokens += work.promptTokens;
    start();
  }

  private end(work: Work): void {
    this.waiting.delete(work);
    if (!this.running.delete(work)) return;
    this.answerTokens += work.answerTokens;
    for (const [next, start] of this.waiting) {
      if (this.running.size >= this.limits.maxNumSeqs) return;
      if (!this.hasRoom(next)) continue;
      this.waiting.delete(next);
      this.run(next, start);
    }
  }

  private hasRoom({ model }: Work): boolean {
    const { maxNumSeqs, maxLoras, adapters } = this.limits;
    if (this.running.size >= maxNumSeqs) return false;
    if (!adapters.includes(model)) return true;
    const used = this.adaptersOf([...this.running]);
    return used.includes(model) || used.length < maxLoras;
  }

  private adaptersOf(works: readonly Work[]): readonly string[] {
    const names = new Set(works.map(({ model }) => model));
    return this.limits.adapters.filter((adapter) => names.has(adapter));
  }
}
