/** What one vLLM server says of itself. */
export interface EngineReading {
  /** Requests, over all engines of the server. */
  readonly running: number;
  readonly waiting: number;
  /** Engines that share the server's requests (data parallelism). At least 1. */
  readonly engines: number;
  /** Share of the KV cache in use, 0 to 1; undefined where the server says none. */
  readonly kvShare: number | undefined;
  /** Undefined where the server has no LoRA. */
  readonly adapters: AdapterReading | undefined;
}

export interface AdapterReading {
  readonly running: readonly string[];
  readonly waiting: readonly string[];
  /** Adapters that can be used at the same time. */
  readonly max: number;
}

/** A server with more adapters in use at a time than this says more than is looked at. */
export const ADAPTERS_MAX = 256;

const RUNNING = 'vllm:num_requests_running';
const WAITING = 'vllm:num_requests_waiting';
const KV = 'vllm:kv_cache_usage_perc';
/** As older servers call it. */
const KV_OLD = 'vllm:gpu_cache_usage_perc';
const ADAPTERS = 'vllm:lora_requests_info';

interface Sample {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/**
 * Reads the few gauges that tell of load out of Prometheus' text format, in one pass over the text. What is not of that
 * format is stepped over.
 *
 * @returns undefined where the text says nothing of running or waiting requests, so that it is not vLLM's
 */
export function readMetrics(text: string): EngineReading | undefined {
  const samples = new Map<string, Sample[]>(
    [RUNNING, WAITING, KV, KV_OLD, ADAPTERS].map((each) => [each, []]),
  );
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    // Nearly all of a server's lines are of histograms that nobody asks for here.
    if (text.startsWith('vllm:', from)) takeLine(text.slice(from, end), samples);
    from = end + 1;
  }
  const of = (name: string): readonly Sample[] => samples.get(name) ?? [];
  const [running, waiting] = [of(RUNNING), of(WAITING)];
  if (running.length === 0 && waiting.length === 0) return undefined;
  const kv = of(KV).length > 0 ? of(KV) : of(KV_OLD);
  return {
    running: sum(running),
    waiting: sum(waiting),
    engines: Math.max(1, running.length, waiting.length),
    kvShare: kv.length === 0 ? undefined : Math.min(1, sum(kv) / kv.length),
    adapters: latestAdapters(of(ADAPTERS)),
  };
}

function takeLine(line: string, samples: ReadonlyMap<string, Sample[]>): void {
  let at = 0;
  while (at < line.length && line[at] !== '{' && line[at] !== ' ') at += 1;
  const series = samples.get(line.slice(0, at));
  if (series === undefined) return;
  const labels = new Map<string, string>();
  const afterLabels = line[at] === '{' ? readLabels(line, at + 1, labels) : at;
  if (afterLabels === undefined) return;
  // A time may follow the value.
  const value = Number(line.slice(afterLabels).trim().split(' ', 1)[0] || Number.NaN);
  // A gauge that has no number yet is NaN.
  if (Number.isFinite(value) && value >= 0) series.push({ labels, value });
}

/** @returns where the labels end, the closing brace included; undefined where they do not */
function readLabels(line: string, from: number, labels: Map<string, string>): number | undefined {
  let at = from;
  while (at < line.length && line[at] !== '}') {
    const equals = line.indexOf('="', at);
    const value = equals < 0 ? undefined : readValue(line, equals + 2);
    if (value === undefined) return undefined;
    labels.set(line.slice(at, equals).trim(), value.text);
    at = value.end;
    while (line[at] === ',' || line[at] === ' ') at += 1;
  }
  return at < line.length ? at + 1 : undefined;
}

/** The text up to the closing quote, its escapes undone, and where the quote ends. */
function readValue(line: string, from: number): { readonly text: string; readonly end: number } | undefined {
  const parts: string[] = [];
  let start = from;
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '"') return { text: parts.join('') + line.slice(start, at), end: at + 1 };
    if (line[at] !== '\\') continue;
    parts.push(line.slice(start, at), line[at + 1] === 'n' ? '\n' : (line[at + 1] ?? ''));
    at += 1;
    start = at + 1;
  }
  return undefined;
}

/** A server keeps a series for every set of adapters that it ever ran; the value is the time, so the latest one holds. */
function latestAdapters(samples: readonly Sample[]): AdapterReading | undefined {
  let latest: Sample | undefined;
  for (const sample of samples) if (latest === undefined || sample.value >= latest.value) latest = sample;
  if (latest === undefined) return undefined;
  const { labels } = latest;
  const max = Number(labels.get('max_lora'));
  return {
    running: namesIn(labels.get('running_lora_adapters')),
    waiting: namesIn(labels.get('waiting_lora_adapters')),
    max: Number.isSafeInteger(max) && max > 0 ? max : 0,
  };
}

function namesIn(list = ''): readonly string[] {
  return list
    .split(',', ADAPTERS_MAX)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
