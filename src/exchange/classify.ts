import type { CompiledDecisions, Decided } from '../decision/decide.js';
import { decide } from '../decision/decide.js';
import { within } from '../lib/deadline.js';
import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { systemTimers, type Timers } from '../lib/timers.js';
import type {
  Embedding,
  PersonalData,
  PromptView,
  Signal,
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
  /** What deadlines of single signals are measured with; the system's own where nothing else is given. */
  readonly timers?: Timers;
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

  evaluate(names: readonly string[], learnt: Learnt = {}): void {
    for (const name of names) {
      const signal = this.policy.signals.get(name);
      this.set(name, signal === undefined ? unknown('no such signal') : this.judge(signal, learnt));
    }
  }

  /** Says of signals that they will not be known in time. */
  giveUp(names: readonly string[], reason: string): void {
    for (const name of names) this.set(name, unknown(reason));
  }

  /**
   * What the signals of the policy's rules say that look beyond the key of a cached answer, by name: answers are kept
   * apart by it.
   */
  beyondKey(): readonly (readonly [name: string, outcome: SignalOutcome])[] {
    const names = this.policy.decisions.signals.filter(
      (name) => this.policy.signals.get(name)?.outsideKey === true,
    );
    this.evaluate(names.filter((name) => !this.values.has(name)));
    return names.map((name) => [name, this.outcomes[name] ?? 'unknown']);
  }

  /** Of `names` those that wait for the same time, with that time; undefined where they have no limit of their own. */
  byDeadline(names: readonly string[]): ReadonlyMap<number | undefined, readonly string[]> {
    const groups = new Map<number | undefined, string[]>();
    for (const name of names) {
      const deadlineMs = this.policy.signals.get(name)?.deadlineMs;
      const group = groups.get(deadlineMs);
      if (group === undefined) groups.set(deadlineMs, [name]);
      else group.push(name);
    }
    return groups;
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

  /** One signal that fails must not fail the request: each rule says what a signal means that is unknown. */
  private judge(signal: Signal, { embedding, whole, personal }: Learnt): SignalValue {
    try {
      return signal.evaluate(this.view, embedding, whole, personal);
    } catch {
      return unknown('it failed');
    }
  }

  private set(name: string, value: SignalValue): void {
    this.values.set(name, value);
    this.outcomes[name] = outcomeOf(value);
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
    const asked = [...board.byDeadline(names)].map(([deadlineMs, group]) =>
      ask({ names: group, cost, deadlineMs }, { board, readers, guarded: policy.guarded }),
    );
    const failed = (await Promise.all(asked)).find((each) => !each.ok);
    if (failed !== undefined && !failed.ok) return failed;
  }
}

interface Question {
  readonly names: readonly string[];
  readonly cost: SignalCost;
  /** How long these signals are waited for; undefined where only the readers' own limits count. Milliseconds. */
  readonly deadlineMs: number | undefined;
}

/** Evaluates signals of one cost; those that are not known within their time are unknown, and the reading goes on. */
async function ask(
  { names, cost, deadlineMs }: Question,
  {
    board,
    readers,
    guarded,
  }: { readonly board: SignalBoard; readonly readers: Readers; readonly guarded: boolean },
): Promise<Result<void, SextantError>> {
  const work = learn({ cost, searches: board.searches(names) }, readers, guarded);
  const learnt = await atMost(work, deadlineMs, readers.timers ?? systemTimers);
  if (learnt === LATE) board.giveUp(names, `it was not known within ${deadlineMs} ms`);
  else if (learnt.ok) board.evaluate(names, learnt.value);
  else return learnt;
  return ok(undefined);
}

const LATE = Symbol('late');

function atMost<T>(
  work: Promise<T>,
  deadlineMs: number | undefined,
  timers: Timers,
): Promise<T | typeof LATE> {
  if (deadlineMs === undefined) return work;
  return within(work, deadlineMs, timers).catch((thrown: unknown) => {
    if (thrown instanceof SextantError && thrown.code === 'deadline_exceeded') return LATE;
    throw thrown;
  });
}

function unknown(reason: string): SignalValue {
  return { state: 'unknown', reason };
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
