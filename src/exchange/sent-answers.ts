import type { Clock } from '../lib/clock.js';

export interface AnswerLimits {
  readonly answersMax: number;
  /** Milliseconds. */
  readonly ttlMs: number;
}

/** Answers of which something may still be said: by the id of the exchange, or by the conversation that they stand in. */
export class SentAnswers<T extends { readonly model: string }> {
  private readonly answers = new Map<
    string,
    { readonly it: T; readonly key: string | undefined; atMs: number }
  >();
  /** Undefined where two models have answered the same turns: nobody can tell whose answer the talk goes on with. */
  private readonly ids = new Map<string, string | undefined>();

  constructor(
    private readonly limits: AnswerLimits,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  note(id: string, it: T, key: string | undefined): void {
    this.answers.set(id, { it, key, atMs: this.clock.monotonicMs() });
    if (key !== undefined) {
      this.ids.set(key, this.isShared(key, it.model) ? undefined : id);
    }
    if (this.answers.size <= this.limits.answersMax) return;
    for (const oldest of this.answers.keys()) {
      this.forget(oldest);
      return;
    }
  }

  private isShared(key: string, model: string): boolean {
    const known = this.ids.get(key);
    if (known === undefined) return this.ids.has(key);
    const other = this.get(known);
    return other !== undefined && other.model !== model;
  }

  get(id: string): T | undefined {
    const answer = this.answers.get(id);
    if (answer === undefined || this.clock.monotonicMs() - answer.atMs > this.limits.ttlMs) return undefined;
    return answer.it;
  }

  idOf(key: string): string | undefined {
    return this.ids.get(key);
  }

  forget(id: string): void {
    const key = this.answers.get(id)?.key;
    this.answers.delete(id);
    if (key !== undefined && (this.ids.get(key) === id || this.ids.get(key) === undefined))
      this.ids.delete(key);
  }
}
