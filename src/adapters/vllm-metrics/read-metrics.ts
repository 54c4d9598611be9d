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
 * Reads the few gauges that tell of load out of Prometheus' text format, in time linear in its length. What is not of that
 * format is stepped over.
 *
 * @returns undefined where the text says nothing of running or waiting requests, so that it is not vLLM's
 */
export function readMetrics(text: string): EngineReading | undefined {
  const of = (name: string) => samplesOf(text, name);
  const [running, waiting] = [of(RUNNING), of(WAITING)];
  if (running.length === 0 && waiting.length === 0) return undefined;
  const [now, before] = [of(KV), of(KV_OLD)];
  const kv = now.length > 0 ? now : before;
  return {
    running: sum(running),
    waiting: sum(waiting),
    engines: Math.max(1, running.length, waiting.length),
    kvShare: kv.length === 0 ? undefined : Math.min(1, sum(kv) / kv.length),
    adapters: latestAdapters(of(ADAPTERS)),
  };
}

/** A server's text is histograms for the most part, so the few lines of interest are searched for. */
function samplesOf(text: string, name: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    if (at > 0 && text[at - 1] !== '\n') continue;
    const newline = text.indexOf('\n', at);
    const sample = sampleIn(text.slice(at + name.length, newline < 0 ? undefined : newline));
    if (sample !== undefined) samples.push(sample);
  }
  return samples;
}

/** @param rest of a line, behind the name */
function sampleIn(rest: string): Sample | undefined {
  const labels = new Map<string, string>();
  // Else it is another name that begins with this one.
  if (rest[0] !== '{' && rest[0] !== ' ') return undefined;
  const afterLabels = rest[0] === '{' ? readLabels(rest, 1, labels) : 0;
  if (afterLabels === undefined) return undefined;
  // A time may follow the value.
  const value = Number(rest.slice(afterLabels).trim().split(' ', 1)[0] || Number.NaN);
  // A gauge that has no number yet is NaN.
  return Number.isFinite(value) && value >= 0 ? { labels, value } : undefined;
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
