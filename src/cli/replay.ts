import { openExplainer } from '../app.js';
import type { Config } from '../config/config.js';
import { type Deciding, ReplayCount } from '../evaluation/replay.js';
import type { RecordedRow, RecordingHead } from '../exchange/recorded.js';
import { openConfig } from './config-option.js';
import { lineBatches } from './line-batches.js';
import { CliError, OK, type Output } from './output.js';
import { recordedLine } from './recorded-line.js';
import { replayText } from './replay-text.js';
import { withClassifier } from './with-classifier.js';

export interface ReplayOptions {
  readonly config: string;
  readonly set?: readonly string[];
  readonly against?: string;
  readonly showPrompts?: boolean;
  readonly json?: boolean;
}

const BATCH = { linesMax: 64, bytesMax: 16 * 1024 * 1024 };
/** Of a question that is shown. Characters. */
const ASK_CHARS_MAX = 200;

/** `sextant replay LOG`: what another policy would have done with the requests of a recording. */
export async function replay(log: string, options: ReplayOptions, output: Output): Promise<number> {
  const config = openConfig(options.config, options.set);
  const against = options.against === undefined ? undefined : openConfig(options.against);
  if (against !== undefined && against.encoder.path !== config.encoder.path) {
    throw new CliError('The two policies name different encoders; replay by one of them at a time.');
  }
  const asks = options.showPrompts === true ? new Map<string, string>() : undefined;
  const { report, torn } = await withClassifier(config.encoder.path, async (encoder) => {
    const reading = new Reading();
    const deciding = async (by: Config): Promise<Deciding> => {
      const explainer = await openExplainer(by, encoder);
      return { decide: (row) => explainer.replay(row, reading.head), priceOf: priceOf(by) };
    };
    const count = new ReplayCount(await deciding(config), against && (await deciding(against)));
    for await (const row of reading.rowsOf(log)) {
      await count.add(row);
      if (asks !== undefined) keepAsk(asks, row);
    }
    return { report: count.report(), torn: reading.torn };
  });
  if (torn > 0) output.err(`${log}: ${torn} lines are no rows of a recording and were passed over`);
  output.out(options.json === true ? JSON.stringify(report) : replayText(report, asks));
  return OK;
}

/** Rows by and by, with the head that each of them stands under. */
class Reading {
  torn = 0;
  #head: RecordingHead | undefined;

  get head(): RecordingHead {
    return this.#head ?? { sextant_recording: 1, signals: {} };
  }

  /** @throws CliError when the file does not begin as a recording does */
  async *rowsOf(log: string): AsyncGenerator<RecordedRow> {
    for await (const batch of lineBatches(log, BATCH)) {
      for (const { line, bytes } of batch) {
        const read = recordedLine(bytes);
        if (read.kind === 'head') this.#head = read.head;
        else if (this.#head === undefined) {
          throw new CliError(
            `${log}:${line}: this is no recording; name a file that recording.path has written`,
          );
        } else if (read.kind === 'row') yield read.row;
        else this.torn += 1;
      }
    }
  }
}

function priceOf({ models }: Config): Deciding['priceOf'] {
  const prices = new Map(models.map(({ name, price }) => [name, price]));
  return (model) => prices.get(model);
}

/** Enough to look up examples by; a recording may hold more than memory does. */
const ASKS_MAX = 100_000;

function keepAsk(asks: Map<string, string>, { id, prompt }: RecordedRow): void {
  if (prompt.kind !== 'plain' || asks.size >= ASKS_MAX) return;
  const { messages, prompt: text } = prompt.body;
  const last = Array.isArray(messages) ? messages.at(-1) : undefined;
  const said = last === undefined ? text : contentOf(last);
  if (typeof said === 'string') asks.set(id, said.slice(0, ASK_CHARS_MAX));
}

function contentOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'content' in message
    ? message.content
    : undefined;
}
