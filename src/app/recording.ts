import { openLinesFile } from '../adapters/recording/lines-file.js';
import type { Config } from '../config/config.js';
import type { RecordedRow, Recorder, RecordingHead } from '../exchange/recorded.js';
import type { Random } from '../lib/random.js';
import type { Logger } from '../telemetry/contract.js';
import { definitionsOf } from './signal-definitions.js';

/** What may wait for the disk. Bytes. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

export interface RecordingParts {
  readonly encoder: { readonly hash: string; readonly headsHash: string | undefined };
  readonly logger: Logger;
  readonly random: Random;
}

export interface Recording {
  /** For the service: empty where nothing is recorded. */
  readonly service: { readonly recorder?: Recorder };
  close(): Promise<void>;
}

/** Keeps requests where the config asks for it. */
export function openRecording(config: Config, { encoder, logger, random }: RecordingParts): Recording {
  const { recording } = config;
  if (recording === undefined) return { service: {}, close: async () => undefined };
  const { path, mode, bytesMax, sampleRate } = recording;
  const head: RecordingHead = {
    sextant_recording: 1,
    signals: definitionsOf(config, { encoder: encoder.hash, heads: encoder.headsHash }),
  };
  const file = openLinesFile({
    path,
    bytesMax,
    waitingBytesMax: WAITING_BYTES_MAX,
    head: JSON.stringify(head),
    onProblem: (problem) =>
      logger.warn(
        { path, problem: String(problem) },
        'requests are no longer recorded: the file cannot be written',
      ),
  });
  logger.warn({ path, mode, sampleRate }, 'requests are recorded; only the owner of the file may read it');
  let failed = 0;
  const keep = (row: () => RecordedRow | undefined): void => {
    try {
      const kept = row();
      if (kept !== undefined) file.write(JSON.stringify(kept));
    } catch {
      // Nobody catches what is thrown between two requests, so it would end the process.
      failed += 1;
    }
  };
  return {
    service: {
      recorder: {
        mode,
        samples: () => random() < sampleRate,
        // Between two requests there is time to make a row of one.
        record: (row) => void setImmediate(() => keep(row)),
      },
    },
    close: async () => {
      // Rows of the last requests are made first.
      await new Promise((resolve) => setImmediate(resolve));
      await file.close();
      const leftOut = file.dropped() + failed;
      if (leftOut > 0) logger.warn({ path, leftOut }, 'not all requests were recorded');
    },
  };
}
