import { openLinesFile } from './adapters/recording/lines-file.js';
import type { Config } from './config/config.js';
import type { RecordedRow, Recorder, RecordingHead } from './exchange/recorded.js';
import type { Random } from './lib/random.js';
import { definitionsOf, type JudgingHashes } from './signal-definitions.js';
import type { Logger } from './telemetry/contract.js';

/** What may wait for the disk. Bytes. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

export interface RecordingParts {
  readonly hashes: JudgingHashes;
  readonly logger: Logger;
  readonly random: Random;
}

export interface Recording {
  readonly recorder: Recorder | undefined;
  close(): Promise<void>;
}

/** Keeps requests where the config asks for it. A part of the composition root. */
export function openRecording(config: Config, { hashes, logger, random }: RecordingParts): Recording {
  const { recording } = config;
  if (recording === undefined) return { recorder: undefined, close: async () => undefined };
  const { path, mode, bytesMax, sampleRate } = recording;
  const head: RecordingHead = { sextant_recording: 1, signals: definitionsOf(config, hashes) };
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
  // Between two requests there is time to make a row of one.
  const record = (row: () => RecordedRow | undefined): void => {
    setImmediate(() => {
      const kept = row();
      if (kept !== undefined) file.write(JSON.stringify(kept));
    });
  };
  return {
    recorder: { mode, samples: () => random() < sampleRate, record },
    close: async () => {
      // Rows of the last requests are made first.
      await new Promise((resolve) => setImmediate(resolve));
      await file.close();
    },
  };
}
