import type { RecordedRow } from '../exchange/recorded.js';
import type { Replayed } from '../exchange/replay.js';

/** Examples of each kind of change that are named. */
const EXAMPLES_MAX = 10;
/** What an answer is taken to be long when nobody counted. Tokens. */
const ANSWER_TOKENS = 512;

/** USD per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** What a policy makes of a recorded request. */
export interface Deciding {
  decide(row: RecordedRow): Promise<Replayed>;
  /** Undefined for a model that its cards do not know. */
  priceOf(model: string): Price | undefined;
}

/** What another policy would have done with recorded requests. Names are those of its JSON. */
export interface ReplayReport {
  readonly rows: number;
  /** Rows that both sides decided. */
  readonly compared: number;
  readonly left_out: {
    /** The client named its model. */
    readonly by_client: number;
    /** The cache answered, or something failed, so that there is no decision to compare with. */
    readonly undecided: number;
    /** The recording does not hold what the policy asks for: by what is missing. */
    readonly unsure: number;
    readonly missing: Readonly<Record<string, number>>;
    readonly failed: number;
  };
  readonly decisions_changed: number;
  readonly models_changed: number;
  /** `none` where the decision blocks. */
  readonly decisions: readonly Moved[];
  readonly models: readonly Moved[];
  readonly blocked: { readonly before: number; readonly after: number };
  /** By the cards' prices over the compared rows whose two models have one; USD. */
  readonly cost: {
    readonly rows: number;
    readonly before: number;
    readonly after: number;
    /** Share of the cost before; null when that is 0. */
    readonly change: number | null;
  };
}

/** Requests that went one way and would go another. */
export interface Moved {
  readonly before: string;
  readonly after: string;
  readonly n: number;
  /** Ids of requests, as the answers carried them. */
  readonly examples: readonly string[];
}

/** Counts as rows come, so that a recording of any length takes the same memory. */
export class ReplayCount {
  private rows = 0;
  private compared = 0;
  private byClient = 0;
  private undecided = 0;
  private unsure = 0;
  private failed = 0;
  private readonly missing = new Map<string, number>();
  private readonly decisions = new Map<string, Moving>();
  private readonly models = new Map<string, Moving>();
  private readonly blocked = { before: 0, after: 0 };
  private readonly cost = { rows: 0, before: 0, after: 0 };

  /** @param against decides what was before; left out, it is what the recording says */
  constructor(
    private readonly fresh: Deciding,
    private readonly against?: Deciding,
  ) {}

  async add(row: RecordedRow): Promise<void> {
    this.rows += 1;
    if (row.virtual_model === null) {
      this.byClient += 1;
      return;
    }
    const before = this.against === undefined ? recorded(row) : await this.against.decide(row);
    if (before === undefined) {
      this.undecided += 1;
      return;
    }
    const after = await this.fresh.decide(row);
    const [one, other] = [this.decided(before), this.decided(after)];
    if (one === undefined || other === undefined) return;
    this.compare(row, one, other);
  }

  report(): ReplayReport {
    const { rows, compared, byClient, undecided, unsure, failed, blocked, cost } = this;
    return {
      rows,
      compared,
      left_out: { by_client: byClient, undecided, unsure, missing: Object.fromEntries(this.missing), failed },
      decisions_changed: sumOf(this.decisions),
      models_changed: sumOf(this.models),
      decisions: listOf(this.decisions),
      models: listOf(this.models),
      blocked: { ...blocked },
      cost: { ...cost, change: cost.before === 0 ? null : (cost.after - cost.before) / cost.before },
    };
  }

  private decided(replayed: Replayed): Decided | undefined {
    if (replayed.kind === 'decided') return replayed;
    if (replayed.kind === 'failed') this.failed += 1;
    else {
      this.unsure += 1;
      for (const name of replayed.missing) this.missing.set(name, (this.missing.get(name) ?? 0) + 1);
    }
    return undefined;
  }

  private compare(row: RecordedRow, before: Decided, after: Decided): void {
    this.compared += 1;
    if (before.model === '') this.blocked.before += 1;
    if (after.model === '') this.blocked.after += 1;
    move(this.decisions, row, [before.decision, after.decision]);
    move(this.models, row, [before.model || BLOCKED, after.model || BLOCKED]);
    const old = costOf(row, before.model, this.against ?? this.fresh);
    const fresh = costOf(row, after.model, this.fresh);
    if (old === undefined || fresh === undefined) return;
    this.cost.rows += 1;
    this.cost.before += old;
    this.cost.after += fresh;
  }
}

type Decided = Replayed & { readonly kind: 'decided' };

/** Stands for the model of a request that is refused. */
const BLOCKED = 'none';

interface Moving {
  readonly before: string;
  readonly after: string;
  n: number;
  readonly examples: string[];
}

/** What was decided then; undefined where the cache answered, or nothing was decided. */
function recorded({ path, decision, model }: RecordedRow): Decided | undefined {
  if (path === 'blocked') return { kind: 'decided', decision, model: '' };
  return path === 'upstream' ? { kind: 'decided', decision, model } : undefined;
}

function move(
  moves: Map<string, Moving>,
  { id }: RecordedRow,
  [before, after]: readonly [string, string],
): void {
  if (before === after) return;
  const key = JSON.stringify([before, after]);
  const moving = moves.get(key) ?? { before, after, n: 0, examples: [] };
  moves.set(key, moving);
  moving.n += 1;
  if (moving.examples.length < EXAMPLES_MAX) moving.examples.push(id);
}

/** What is refused costs nothing. USD. */
function costOf(row: RecordedRow, model: string, { priceOf }: Deciding): number | undefined {
  if (model === '') return 0;
  const price = priceOf(model);
  if (price === undefined) return undefined;
  const { prompt } = row;
  const counted = prompt.kind === 'hashed' ? prompt.context_tokens : undefined;
  const promptTokens = row.prompt_tokens ?? counted;
  if (promptTokens === undefined) return undefined;
  return (promptTokens * price.input + (row.completion_tokens ?? ANSWER_TOKENS) * price.output) / 1e6;
}

function sumOf(moves: ReadonlyMap<string, Moving>): number {
  return [...moves.values()].reduce((sum, { n }) => sum + n, 0);
}

function listOf(moves: ReadonlyMap<string, Moving>): readonly Moved[] {
  return [...moves.values()].toSorted((one, other) => other.n - one.n);
}
