import type { ExchangeRecord } from '../../telemetry/contract.js';
import type { CellMeter } from './cell-meter.js';
import type { HistogramCell, SumCell } from './cells.js';
import * as genAi from './gen-ai.js';

/** The conventions name these bounds. */
const TOKEN_BOUNDS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
const DURATION_BOUNDS_S = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const FIRST_TOKEN_BOUNDS_S = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
const TOKEN_BOUNDS_S = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const OVERHEAD_BOUNDS_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Kinds of exchanges whose cells are known at once. */
const KINDS_MAX = 2_000;

/** What is counted of one kind of exchange. */
interface Cells {
  readonly requests: SumCell;
  readonly overhead: HistogramCell;
  readonly cost: SumCell;
  readonly saved: SumCell;
  readonly duration: HistogramCell;
  readonly firstToken: HistogramCell;
  readonly perToken: HistogramCell;
  readonly input: HistogramCell;
  readonly output: HistogramCell;
}

/** Counts finished exchanges in `meter`. */
export function exchangeRecorder(meter: CellMeter): (record: ExchangeRecord) => void {
  const cellsOf = cellFinder(meter);
  return (record) => {
    if (record.shadow === true) return;
    const cells = cellsOf(record);
    const { money, upstreamMs, firstTokenMs, tokenMs } = record;
    cells.requests.add(1);
    cells.overhead.record(record.overheadMs / 1000);
    if (money !== undefined) {
      cells.cost.add(money.costUsd);
      cells.saved.add(money.savedByCacheUsd);
    }
    if (!genAi.askedModel(record)) return;
    if (upstreamMs !== undefined)
      cells.duration.record(Math.max(0, record.durationMs - record.overheadMs) / 1000);
    if (firstTokenMs !== undefined) cells.firstToken.record(firstTokenMs / 1000);
    if (tokenMs !== undefined) cells.perToken.record(tokenMs / 1000);
    // The conventions want no tokens that nobody counted.
    if (record.tokensEstimated === true) return;
    if (record.promptTokens !== undefined) cells.input.record(record.promptTokens);
    if (record.completionTokens !== undefined) cells.output.record(record.completionTokens);
  };
}

/** Finds the cells of a record by the few words that tell its kind. */
function cellFinder(meter: CellMeter): (record: ExchangeRecord) => Cells {
  const make = cellMaker(meter);
  const known = new Map<string, Cells>();
  return (record) => {
    const { api, route, path, decision, model, cache } = record;
    const key = `${api}\n${route}\n${path}\n${decision}\n${model}\n${cache}\n${genAi.failureOf(record) ?? ''}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(record);
    if (known.size < KINDS_MAX) known.set(key, made);
    return made;
  };
}

function cellMaker(meter: CellMeter): (record: ExchangeRecord) => Cells {
  const tokens = meter.histogram(
    { name: 'gen_ai.client.token.usage', unit: '{token}', description: 'Tokens of calls, by kind.' },
    TOKEN_BOUNDS,
  );
  const duration = meter.histogram(
    { name: 'gen_ai.client.operation.duration', unit: 's', description: 'Time of whole calls.' },
    DURATION_BOUNDS_S,
  );
  const firstToken = meter.histogram(
    {
      name: 'gen_ai.server.time_to_first_token',
      unit: 's',
      description: 'Time to the first token of a stream, as the gateway saw it.',
    },
    FIRST_TOKEN_BOUNDS_S,
  );
  const perToken = meter.histogram(
    {
      name: 'gen_ai.server.time_per_output_token',
      unit: 's',
      description: 'Mean time of each token after the first, by stream.',
    },
    TOKEN_BOUNDS_S,
  );
  const requests = meter.counter({ name: 'sextant.requests', description: 'Finished exchanges.' });
  const overhead = meter.histogram(
    { name: 'sextant.overhead', unit: 's', description: 'Time that Sextant itself took.' },
    OVERHEAD_BOUNDS_S,
  );
  const cost = meter.counter({ name: 'sextant.cost', unit: 'USD', description: 'What models cost.' });
  const saved = meter.counter({
    name: 'sextant.cost.saved',
    unit: 'USD',
    description: 'What stored answers would have cost again.',
  });
  return (record) => {
    const { route, path, decision, model, cache } = record;
    const call = genAi.callAttributes(record);
    return {
      requests: requests.of({ route, path, decision, model, cache }),
      overhead: overhead.of({ path }),
      cost: cost.of({ route, decision, model }),
      saved: saved.of({ route }),
      duration: duration.of(call),
      firstToken: firstToken.of(call),
      perToken: perToken.of(call),
      input: tokens.of({ ...call, [genAi.TOKEN_TYPE]: 'input' }),
      output: tokens.of({ ...call, [genAi.TOKEN_TYPE]: 'output' }),
    };
  };
}
