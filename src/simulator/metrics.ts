import type { Activity, EngineState } from './activity.js';

/** Series of adapters that are shown beside the current one. */
const PAST_STATES_MAX = 8;

/**
 * Says what the engine is doing in Prometheus' text format, under vLLM's names. As vLLM does, it keeps a series for each
 * set of adapters that was seen, the value being the time when it was; the latest one holds.
 */
export class EngineMetrics {
  /** Labels of adapters → seconds since the Unix epoch. */
  private readonly adapterStates = new Map<string, number>();

  /** @param model the first of the served names, which stands in the label `model_name` */
  constructor(
    private readonly model: string,
    private readonly activity: Activity,
  ) {}

  /** @param nowSeconds since the Unix epoch */
  text(nowSeconds: number): string {
    const state = this.activity.read();
    const labels = `engine="0",model_name="${escaped(this.model)}"`;
    const families = FAMILIES.map(([name, type, help, read]) =>
      family({ name, type, help }, [`${name}{${labels}} ${read(state)}`]),
    );
    if (this.activity.limits.adapters.length > 0) families.push(this.adapterFamily(state, nowSeconds));
    return families.join('');
  }

  private adapterFamily(state: EngineState, nowSeconds: number): string {
    const [running, waiting] = [state.runningAdapters, state.waitingAdapters].map((names) =>
      escaped(names.join(',')),
    );
    const labels =
      `max_lora="${this.activity.limits.maxLoras}",running_lora_adapters="${running}",` +
      `waiting_lora_adapters="${waiting}"`;
    // Deleted first, so that the order of the map is the order of time.
    this.adapterStates.delete(labels);
    this.adapterStates.set(labels, nowSeconds);
    for (const oldest of this.adapterStates.keys()) {
      if (this.adapterStates.size <= PAST_STATES_MAX) break;
      this.adapterStates.delete(oldest);
    }
    const name = 'vllm:lora_requests_info';
    const series = [...this.adapterStates].map(([each, seconds]) => `${name}{${each}} ${seconds}`);
    const help = 'Adapters that requests run with or wait for; the value is the time.';
    return family({ name, type: 'gauge', help }, series);
  }
}

const FAMILIES: readonly (readonly [string, string, string, (state: EngineState) => number])[] = [
  ['vllm:num_requests_running', 'gauge', 'Requests that are being answered.', ({ running }) => running],
  [
    'vllm:num_requests_waiting',
    'gauge',
    'Requests that wait until there is room for them.',
    ({ waiting }) => waiting,
  ],
  [
    'vllm:kv_cache_usage_perc',
    'gauge',
    'Share of the KV cache that is in use, 1 being all of it.',
    ({ kvShare }) => kvShare,
  ],
  [
    'vllm:prompt_tokens_total',
    'counter',
    'Tokens of prompts that were read.',
    ({ promptTokens }) => promptTokens,
  ],
  [
    'vllm:generation_tokens_total',
    'counter',
    'Tokens of answers that ended.',
    ({ answerTokens }) => answerTokens,
  ],
];

function family(
  { name, type, help }: { readonly name: string; readonly type: string; readonly help: string },
  series: readonly string[],
): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${series.join('\n')}\n`;
}

/** Of a label's value, what the format escapes. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
