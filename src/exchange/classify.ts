import type { CompiledDecisions, Decided } from '../decision/decide.js';
import { decide } from '../decision/decide.js';
import { err, ok, type Result } from '../lib/result.js';
import type { SextantError } from '../lib/sextant-error.js';
import type { Embedding, PromptView, SignalValue } from '../signals/contract.js';
import type { RoutePolicy } from './policy.js';

/** Gives the embedding of the question; the first call encodes, later ones get the same. */
export type Embed = () => Promise<Result<Embedding, SextantError>>;

/** What is known of one prompt so far: signals are evaluated once, and only when somebody needs them. */
export class SignalBoard {
  readonly values = new Map<string, SignalValue>();

  constructor(
    private readonly policy: RoutePolicy,
    private readonly view: PromptView,
  ) {}

  evaluate(names: readonly string[], embedding?: Embedding): void {
    for (const name of names) {
      const signal = this.policy.signals.get(name);
      const value: SignalValue = signal?.evaluate(this.view, embedding) ?? {
        state: 'unknown',
        reason: 'no such signal',
      };
      this.values.set(name, value);
    }
  }

  /** Those of `names` that cost no forward pass. */
  cheap(names: readonly string[]): readonly string[] {
    return names.filter((name) => this.policy.signals.get(name)?.cost !== 'encoder');
  }
}

/**
 * Finds the decision that wins, asking the cheapest open signals first, so that a prompt which rules alone decide
 * never waits for the encoder. On a guarded route an encoder that fails is the request's failure; elsewhere its
 * signals are unknown and each rule says what that means.
 */
export async function classify(
  policy: RoutePolicy,
  decisions: CompiledDecisions,
  board: SignalBoard,
  embed: Embed,
): Promise<Result<Decided, SextantError>> {
  for (;;) {
    const outcome = decide(decisions, board.values);
    if (outcome.kind === 'decided') return ok(outcome);
    const cheap = board.cheap(outcome.signals);
    if (cheap.length > 0) {
      board.evaluate(cheap);
      continue;
    }
    const embedding = await embed();
    if (!embedding.ok && policy.guarded) return err(embedding.error);
    board.evaluate(outcome.signals, embedding.ok ? embedding.value : undefined);
  }
}
