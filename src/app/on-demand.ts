import type { OnnxEncoder } from '../adapters/onnx/encoder.js';
import type { Config } from '../config/config.js';
import type { AskedWhy } from '../exchange/explain.js';
import type { Explanation } from '../exchange/explanation/value.js';
import type { ExchangeService } from '../exchange/service.js';
import type { Warm, WarmRow } from '../exchange/warm.js';
import { systemClock } from '../lib/clock.js';
import type { Turn } from '../openai/request.js';

/** Loaded when it is first asked for, as all that is here: whoever serves may never need it. */
export async function classify(
  turns: readonly Turn[],
  encoder: OnnxEncoder,
  { encoder: limits }: Pick<Config, 'encoder'>,
) {
  const { classifyTurns } = await import('./classify.js');
  return classifyTurns(turns, {
    encoder,
    clock: systemClock,
    encodeDeadlineMs: limits.deadlineMs,
    budget: { windowsMax: limits.windowsMax, deadlineMs: limits.readDeadlineMs },
  });
}

export async function explain(service: ExchangeService, asked: AskedWhy): Promise<Explanation> {
  const { explainOf } = await import('../exchange/explain.js');
  return explainOf(service)(asked);
}

export async function warm(service: ExchangeService, row: WarmRow): ReturnType<Warm> {
  const { warmOf } = await import('../exchange/warm.js');
  return warmOf(service)(row);
}
