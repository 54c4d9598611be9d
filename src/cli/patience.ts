import type { Verb } from './command.js';
import type { Output } from './output.js';

/** An output that knows for how long nothing was said. */
export interface HeardOutput extends Output {
  /** Milliseconds. */
  silenceMs(): number;
}

/** After so long without a word people wonder. Milliseconds. */
const QUIET_MS = 1000;
/** And then again, when it has gone on for so long. Milliseconds. */
const STILL_QUIET_MS = 10_000;
const LOOK_MS = 100;

export function heard(output: Output): HeardOutput {
  let saidMs = performance.now();
  const hears =
    (say: (line: string) => void) =>
    (line: string): void => {
      saidMs = performance.now();
      say(line);
    };
  return {
    coloured: output.coloured === true,
    watched: output.watched === true,
    out: hears((line) => output.out(line)),
    err: hears((line) => output.err(line)),
    silenceMs: () => performance.now() - saidMs,
  };
}

/** Runs a verb, and says that it is at work while it has nothing to say itself. */
export async function patiently(verb: Verb, output: HeardOutput): Promise<number> {
  if (output.watched !== true) return verb();
  const startedMs = performance.now();
  let quietMs = QUIET_MS;
  const timer = setInterval(() => {
    if (output.silenceMs() < quietMs) return;
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    output.err(quietMs === QUIET_MS ? 'working …' : `still working, for ${seconds} s …`);
    quietMs = STILL_QUIET_MS;
  }, LOOK_MS);
  try {
    return await verb();
  } finally {
    clearInterval(timer);
  }
}
