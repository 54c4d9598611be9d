import type { CompiledDecisions, Decided } from '../decision/decide.js';
import { decide } from '../decision/decide.js';
import { err, ok, type Result } from '../lib/result.js';
import type { SextantError } from '../lib/sextant-error.js';
import type {
  Embedding,
  PersonalData,
  PromptView,
  SignalCost,
  SignalValue,
  WholeReading,
} from '../signals/contract.js';
import type { SignalOutcome } from '../telemetry/contract.js';
import type { RoutePolicy } from './policy.js';

/** Gives the embedding of the question; the first call encodes, later ones get the same. */
export type Embed = () => Promise<Result<Embedding, SextantError>>;

/** Gives what was read of all turns; the first call reads, later ones get the same. */
export type ReadWhole = () => Promise<Reading>;

/**
 * Gives the personal data of the whole conversation: what patterns find or, with a reader, what the token head found as
 * well. Either is searched for once.
 */
export type SearchPersonalData = (readWhole?: ReadWhole) => Promise<PersonalData>;

export interface Reading {
  /** Undefined when the model has no heads to read with. */
  readonly whole: WholeReading | undefined;
  /** Why nothing at all could be read, although there was something to read. */
  readonly failure: SextantError | undefined;
}

/** The dear ways to learn something of a prompt. Each costs nothing the second time. */
export interface Readers {
  readonly embed: Embed;
  readonly readWhole: ReadWhole;
  readonly search: SearchPersonalData;
}

/** What a signal may be told beside the prompt itself. */
interface Learnt {
  readonly embedding?: Embedding | undefined;
  readonly whole?: WholeReading | undefined;
  readonly personal?: PersonalData | undefined;
}

/** What is known of one prompt so far: signals are evaluated once, and only when somebody needs them. */
export class SignalBoard {
  readonly values = new Map<string, SignalValue>();

  /** @param outcomes where the outcome of each signal that is evaluated is noted under its name */
  constructor(
    private readonly policy: RoutePolicy,
    private readonly view: PromptView,
    private readonly outcomes: Record<string, SignalOutcome> = {},
  ) {}

  evaluate(names: readonly string[], { embedding, whole, personal }: Learnt = {}): void {
    for (const name of names) {
      const signal = this.policy.signals.get(name);
      const value: SignalValue = signal?.evaluate(this.view, embedding, whole, personal) ?? {
        state: 'unknown',
        reason: 'no such signal',
      };
      this.values.set(name, value);
      this.outcomes[name] = outcomeOf(value);
    }
  }

  /** Those of `names` that cost the least, and what that is. */
  cheapest(names: readonly string[]): { readonly cost: SignalCost; readonly names: readonly string[] } {
    for (const cost of ['rule', 'encoder'] as const) {
      const found = names.filter((name) => this.costOf(name) === cost);
      if (found.length > 0) return { cost, names: found };
    }
    return { cost: 'whole', names };
  }

  /** Whether one of `names` asks for personal data. */
  searches(names: readonly string[]): boolean {
    return names.some((name) => this.policy.signals.get(name)?.searches === true);
  }

  private costOf(name: string): SignalCost {
    return this.policy.signals.get(name)?.cost ?? 'rule';
  }
}

/**
 * Finds the decision that wins, asking the cheapest open signals first, so that a prompt which rules alone decide
 * never waits for the encoder, and one that the question decides is not read whole. On a guarded route a reader that
 * fails is the request's failure; elsewhere its signals are unknown and each rule says what that means.
 */
export async function classify(
  policy: RoutePolicy,
  decisions: CompiledDecisions,
  board: SignalBoard,
  readers: Readers,
): Promise<Result<Decided, SextantError>> {
  for (;;) {
    const outcome = decide(decisions, board.values);
    if (outcome.kind === 'decided') return ok(outcome);
    const { cost, names } = board.cheapest(outcome.signals);
    const searches = board.searches(names);
    const learnt = await learn({ cost, searches }, readers, policy.guarded);
    if (!learnt.ok) return learnt;
    board.evaluate(names, learnt.value);
  }
}

async function learn(
  { cost, searches }: { readonly cost: SignalCost; readonly searches: boolean },
  readers: Readers,
  guarded: boolean,
): Promise<Result<Learnt, SextantError>> {
  if (cost === 'rule') return ok(searches ? { personal: await readers.search() } : {});
  if (cost === 'encoder') {
    const embedding = await readers.embed();
    if (!embedding.ok) return guarded ? embedding : ok({});
    return ok({ embedding: embedding.value });
  }
  const searched = searches ? readers.search(readers.readWhole) : undefined;
  const { whole, failure } = await readers.readWhole();
  const personal = await searched;
  return failure !== undefined && guarded ? err(failure) : ok({ whole, personal });
}

function outcomeOf(value: SignalValue): SignalOutcome {
  if (value.state === 'unknown') return 'unknown';
  return value.matched ? 'match' : 'no-match';
}
