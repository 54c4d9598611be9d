/** Loads a module of the sources, or of what was built of them: the benches are compiled without either. */
export type Load = <T>(path: string) => Promise<T>;

/** One prompt, what is expected of each model for it, and how it does. All in the order of the stream's models. */
export interface StreamRow {
  readonly text: string;
  /** Probability of a good answer as the router says it. 0 to 1. */
  readonly expected: Float32Array;
  /** Tokens of the answer as the router says them. */
  readonly outputTokens: Float32Array | undefined;
  /** Probability of a good answer as it is; 0 or 1 where somebody has seen the answer. */
  readonly good: Float32Array;
}

export interface Stream {
  readonly models: readonly { readonly name: string; readonly parametersB: number }[];
  readonly rows: readonly StreamRow[];
}

export interface StreamPlan {
  readonly seed: number;
  readonly rule: {
    readonly exploreMax: number;
    readonly minOutcomes: number;
    readonly halfLifeOutcomes: number;
  };
  /** How the dial stands. 0 to 1. */
  readonly bias: number;
  /** Requests before a model gets worse, and after. Each has an outcome. */
  readonly healthy: number;
  readonly degraded: number;
  /** How much worse. 0 to 1; 0 for a stream on which nothing happens. */
  readonly points: number;
}

export interface StreamResult {
  /** The model that gets worse: the one with most of the traffic. */
  readonly model: string;
  /** Share of the traffic that it had in the second half of the healthy requests. */
  readonly before: number;
  /** Share in each hundred requests since it got worse. */
  readonly after: readonly number[];
  /** Outcomes until it had at most half of its share in the last hundred; infinite where it never came to that. */
  readonly halvedAfter: number;
  /** Share of all requests that explored. */
  readonly explored: number;
  /** Mean quality and cost of all answers since the change: as served, as without learning, as by somebody who knows. */
  readonly served: Figures;
  readonly unlearnt: Figures;
  readonly oracle: Figures;
}

export interface Figures {
  readonly quality: number;
  /** Active parameters × tokens, relative to the first model of the stream for the same prompts. */
  readonly cost: number;
  /** Quality less what the cost weighs against it as the dial stands. */
  readonly worth: number;
  /** Share of the traffic of the model that gets worse. */
  readonly share: number;
}

/** What is served with, as far as it is asked. */
interface Learning {
  readonly learning: object | undefined;
  readonly desk: {
    outcome(id: string, score: number): { readonly learnt: boolean } | undefined;
    report(): {
      readonly decisions: Readonly<
        Record<
          string,
          { readonly models: readonly { readonly requests: number; readonly explored: number }[] }
        >
      >;
    };
  };
}
interface Code {
  readonly chooseModels: (
    inquiry: object,
    request: object,
    parts: object,
  ) => Promise<{ readonly ok: boolean; readonly value?: readonly { readonly name: string }[] }>;
  readonly learnOutcomes: (config: object, parts: object) => Learning;
  readonly modelChoice: (
    router: object,
    goal: object,
    cards: readonly object[],
  ) => { readonly costWeight: number };
  readonly seededRandom: (seed: number) => () => number;
}

const DECISION = 'replayed';
const WINDOW = 100;
const ANSWER_TOKENS = 512;

/**
 * Replays prompts through the code that chooses models while it serves, tells an outcome of each answer, and lets the
 * model with most of the traffic get worse on the way. No clock: the same seed gives the same figures.
 */
export async function openStreams(
  load: Load,
): Promise<(stream: Stream, plan: StreamPlan) => Promise<StreamResult>> {
  const code: Code = {
    ...(await load<Pick<Code, 'chooseModels'>>('exchange/choose-models.js')),
    ...(await load<Pick<Code, 'learnOutcomes'>>('app/learn-outcomes.js')),
    ...(await load<Pick<Code, 'modelChoice'>>('selection/expected-quality.js')),
    ...(await load<Pick<Code, 'seededRandom'>>('lib/random.js')),
  };
  return (stream, plan) => new Replay(code, stream, plan).run();
}

type Choose = (row: StreamRow, id: string) => Promise<number>;

class Replay {
  private readonly random: () => number;
  private readonly scene: ReturnType<typeof sceneOf>;

  constructor(
    private readonly code: Code,
    private readonly stream: Stream,
    private readonly plan: StreamPlan,
  ) {
    this.random = code.seededRandom(plan.seed);
    this.scene = sceneOf(code, stream, plan.bias);
  }

  async run(): Promise<StreamResult> {
    const { healthy, degraded, rule } = this.plan;
    const drawn = Array.from({ length: healthy + degraded }, () => this.draw());
    const clock = { nowMs: () => 0, monotonicMs: () => 0 };
    const learnings = new Map([[DECISION, { ...rule, from: new Set(['outcomes']) }]]);
    const action = { kind: 'route', models: this.stream.models.map(({ name }) => name) };
    const config = { learnings, decisions: [{ name: DECISION, action }] };
    const taught = this.code.learnOutcomes(config, { clock, random: this.random });
    const unlearnt = await this.choices(drawn, this.chooser(undefined));
    const worst = mostFrequent(unlearnt.slice(0, healthy), this.stream.models.length);
    const harm = this.harmTo(worst, drawn, unlearnt);
    const known = new Map([[this.stream.models[worst]?.name ?? '', -this.plan.points]]);
    const knowing = {
      ask: () => ({ corrections: known, drawn: undefined, sent: () => undefined }),
      hears: new Set(),
    };
    const oracle = await this.choices(drawn, this.chooser(knowing));
    const choose = this.chooser(taught.learning);
    const served: number[] = [];
    for (const [at, row] of drawn.entries()) {
      const model = await choose(row, `id-${at}`);
      served.push(model);
      const quality = at < healthy ? (row.good[model] ?? 0) : harm(row, model);
      const told = taught.desk.outcome(`id-${at}`, this.random() < quality ? 1 : 0);
      if (told?.learnt !== true) throw new Error(`the outcome of id-${at} was not taken`);
    }
    const figures = (choices: readonly number[]) =>
      this.figures(drawn.slice(healthy), choices.slice(healthy), { worst, harm });
    const isWorst = served.map((model) => (model === worst ? 1 : 0));
    const before = mean(isWorst.slice(healthy / 2, healthy));
    return {
      model: this.stream.models[worst]?.name ?? '',
      before,
      after: windows(isWorst.slice(healthy)),
      halvedAfter: halvedAfter(isWorst, healthy, before / 2),
      explored: exploredIn(taught),
      served: figures(served),
      unlearnt: figures(unlearnt),
      oracle: figures(oracle),
    };
  }

  private draw(): StreamRow {
    const row = this.stream.rows[Math.floor(this.random() * this.stream.rows.length)];
    if (row === undefined) throw new Error('a stream needs rows');
    return row;
  }

  private async choices(rows: readonly StreamRow[], choose: Choose): Promise<readonly number[]> {
    const choices: number[] = [];
    for (const row of rows) choices.push(await choose(row, ''));
    return choices;
  }

  private chooser(learning: object | undefined): Choose {
    const { policy, cards, embed } = this.scene;
    const service = { learning, clock: { monotonicMs: () => 0 } };
    const decided = { name: DECISION, models: cards.map(({ name }) => name) };
    return async (row, id) => {
      this.scene.asked = row;
      const head = { headers: new Map<string, string>() };
      const inquiry = { service, policy, head, ledger: { id, stagesMs: {} }, plan: {} };
      const turns = [{ role: 'user', text: row.text, modalities: [] }];
      const request = { ask: row.text, turns, modalities: [], hasTools: false, body: {} };
      const { value } = await this.code.chooseModels(inquiry, request, { decided, embed });
      return cards.findIndex(({ name }) => name === value?.[0]?.name);
    };
  }

  /** It loses the same share of all its good answers, so many that its own traffic sees the points. */
  private harmTo(worst: number, rows: readonly StreamRow[], choices: readonly number[]) {
    const own = rows.filter((_, at) => choices[at] === worst).map((row) => row.good[worst] ?? 0);
    const kept = Math.max(0, 1 - this.plan.points / mean(own));
    return (row: StreamRow, model: number) => (row.good[model] ?? 0) * (model === worst ? kept : 1);
  }

  private figures(
    rows: readonly StreamRow[],
    choices: readonly number[],
    { worst, harm }: { readonly worst: number; harm(row: StreamRow, model: number): number },
  ): Figures {
    const costOf = (row: StreamRow, model: number) =>
      ((this.stream.models[model]?.parametersB ?? 0) *
        (row.text.length / 4 + (row.outputTokens?.[model] ?? ANSWER_TOKENS))) /
      1e6;
    const quality = mean(rows.map((row, at) => harm(row, choices[at] ?? 0)));
    const cost = mean(rows.map((row, at) => costOf(row, choices[at] ?? 0)));
    return {
      quality,
      cost: cost / mean(rows.map((row) => costOf(row, 0))),
      worth: quality - this.scene.costWeight * cost,
      share: mean(choices.map((model) => (model === worst ? 1 : 0))),
    };
  }
}

/** A policy of one decision whose router says of each prompt what the stream says. */
function sceneOf(code: Code, { models, rows }: Stream, bias: number) {
  const cards = models.map(({ name, parametersB }) => ({
    name,
    cluster: name,
    contextWindow: 1_000_000,
    price: { input: 0, output: 0 },
    parametersB,
    modalities: [],
    weight: 1,
  }));
  const scene: { asked: StreamRow | undefined } = { asked: undefined };
  const router = {
    name: 'replayed',
    hash: 'replayed',
    models: models.map(({ name }) => name),
    expect: () => scene.asked && { quality: scene.asked.expected, outputTokens: scene.asked.outputTokens },
    sample: {
      quality: joined(rows.map(({ expected }) => expected)),
      outputTokens: joined(rows.map(({ outputTokens }) => outputTokens ?? new Float32Array())),
      promptTokens: Float32Array.from(rows, ({ text }) => text.length / 4),
    },
  };
  const choice = code.modelChoice(router, { kind: 'bias', bias }, cards);
  const policy = { models: cards, choices: new Map([[DECISION, choice]]), defaultModel: cards[0] };
  const embed = async () => ({ ok: true, value: { unknownShare: 0 } });
  return Object.assign(scene, { cards, policy, embed, costWeight: choice.costWeight });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function mostFrequent(choices: readonly number[], models: number): number {
  const counts = new Array<number>(models).fill(0);
  for (const model of choices) counts[model] = (counts[model] ?? 0) + 1;
  return counts.indexOf(Math.max(...counts));
}

function windows(hits: readonly number[]): readonly number[] {
  return Array.from({ length: Math.floor(hits.length / WINDOW) }, (_, at) =>
    mean(hits.slice(at * WINDOW, (at + 1) * WINDOW)),
  );
}

function halvedAfter(hits: readonly number[], from: number, half: number): number {
  for (let end = from; end <= hits.length; end += 1) {
    if (mean(hits.slice(end - WINDOW, end)) <= half) return end - from;
  }
  return Number.POSITIVE_INFINITY;
}

function exploredIn({ desk }: Learning): number {
  const models = desk.report().decisions[DECISION]?.models ?? [];
  const sum = (of: 'requests' | 'explored') => models.reduce((all, each) => all + each[of], 0);
  return sum('explored') / sum('requests');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
