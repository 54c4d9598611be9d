import {
  AGREEMENT_MIN,
  type Answer,
  COSINE_MIN,
  compare,
  type HeadRule,
  isSame,
  latencyTable,
  type Measured,
} from './gpu-compare.js';

/** What is used of a classifier: `openClassifier` of the built package gives one. */
export interface GpuClassifier {
  readonly encoder: {
    readonly provider: string;
    readonly heads?: Readonly<Record<string, HeadRule>>;
    encode(text: string, deadlineMs: number): Promise<Answer>;
  };
  close(): Promise<void>;
}

export interface GpuCheck {
  open(options: {
    readonly provider: 'cpu' | 'cuda';
    readonly fallback: 'none';
    readonly models?: string;
  }): Promise<GpuClassifier>;
  readonly texts: readonly string[];
  /** A models folder; left out, the one that ships. */
  readonly models?: string | undefined;
  readonly say: (text: string) => void;
}

/** The answers are the same; they are not; there is nothing to compare with. */
export const SAME = 0;
export const DIFFERENT = 1;
export const NO_CUDA = 2;

/** Runs the texts on both providers, one after the other, says what came of it and gives back an exit status. */
export async function checkGpu(check: GpuCheck): Promise<number> {
  const { texts, say } = check;
  // First the one that may be missing: nobody wants to wait for the other one to hear that.
  const gpu = await measureOn('cuda', check).catch((thrown: unknown) => {
    say(`There is no CUDA provider to compare with.\n${messageOf(thrown)}\n\n${HOW_TO_GET_IT}`);
    return undefined;
  });
  if (gpu === undefined) return NO_CUDA;
  const cpu = await measureOn('cpu', check);
  const found = compare(cpu.measured, gpu.measured, cpu.heads);
  say(`${texts.length} texts, one at a time, one session each; median and p99 of a whole pass\n`);
  say(latencyTable(cpu.measured, gpu.measured));
  say(
    `\nembedding: cosine of cpu and cuda ${found.cosineMin.toFixed(6)} at least, ${found.cosineMean.toFixed(6)} in the ` +
      `mean; ${found.far} of ${found.texts} below ${COSINE_MIN}`,
  );
  for (const [name, share] of Object.entries(found.agreement)) {
    const verdict = share >= AGREEMENT_MIN ? 'held' : 'MISSED';
    say(
      `${name}: ${(share * 100).toFixed(1)} % decided alike (at least ${AGREEMENT_MIN * 100} %: ${verdict})`,
    );
  }
  if (Object.keys(cpu.heads).length === 0) say('the models have no heads, so no decisions were compared');
  const same = isSame(found);
  say(same ? '\nthe same answers on both' : '\nDIFFERENT answers: do not serve from this provider');
  return same ? SAME : DIFFERENT;
}

const HOW_TO_GET_IT = `The npm package onnxruntime-node carries the providers cpu and webgpu alone. CUDA needs, on Linux x64:
  1. a GPU of NVIDIA and its driver (libcuda.so.1);
  2. CUDA and cuDNN of the version that the provider library is linked with;
  3. libonnxruntime_providers_cuda.so and libonnxruntime_providers_shared.so of the same ONNX Runtime version
     beside onnxruntime_binding.node: models/gpu/fetch-cuda-provider.sh takes them from the wheel onnxruntime-gpu.
docs/gpu.md tells it step by step.`;

const DEADLINE_MS = 60_000;
const WARM_UP_TEXTS = 10;

async function measureOn(
  provider: 'cpu' | 'cuda',
  { open, texts, models }: GpuCheck,
): Promise<{ readonly measured: readonly Measured[]; readonly heads: Readonly<Record<string, HeadRule>> }> {
  const options = { provider, fallback: 'none', ...(models === undefined ? {} : { models }) } as const;
  const { encoder, close } = await open(options);
  try {
    if (encoder.provider !== provider) throw new Error(`the encoder runs on ${encoder.provider} instead`);
    // The first pass of each shape chooses kernels and takes memory. Backwards, because the encoder remembers texts.
    for (const text of evenly(texts, WARM_UP_TEXTS)) await encoder.encode(backwards(text), DEADLINE_MS);
    const measured: Measured[] = [];
    for (const text of texts) {
      const startMs = performance.now();
      const answer = await encoder.encode(text, DEADLINE_MS);
      measured.push({ answer, ms: performance.now() - startMs });
    }
    return { measured, heads: encoder.heads ?? {} };
  } finally {
    await close();
  }
}

function evenly(texts: readonly string[], count: number): readonly string[] {
  const step = Math.max(1, Math.floor(texts.length / count));
  return texts.filter((_, at) => at % step === 0);
}

function backwards(text: string): string {
  return text.split(' ').reverse().join(' ');
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
