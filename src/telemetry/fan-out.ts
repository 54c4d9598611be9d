import type { Telemetry } from './contract.js';

/** Tells several listeners. */
export function fanOut(...listeners: readonly Telemetry[]): Telemetry {
  return {
    exchange: (record) => {
      for (const listener of listeners) listener.exchange(record);
    },
    streamFailed: (code) => {
      for (const listener of listeners) listener.streamFailed(code);
    },
  };
}
