import type { Scale } from '../decision/scale.js';
import type { SignalConfig } from './signal-config.js';

/** What each signal can say, by its name, as far as its configuration tells: for whoever looks for faults in rules. */
export function scalesOf(signals: readonly SignalConfig[]): ReadonlyMap<string, Scale> {
  return new Map(signals.map((signal) => [signal.name, scaleOf(signal)]));
}

const SHARE = { min: 0, max: 1 };

function scaleOf(signal: SignalConfig): Scale {
  switch (signal.type) {
    case 'keyword':
      return { ...SHARE, whole: true, matches: { from: 1 } };
    case 'context_length': {
      const { minTokens, maxTokens } = signal;
      return {
        ...COUNT,
        matches: { from: minTokens ?? 0, ...(maxTokens === undefined ? {} : { to: maxTokens }) },
      };
    }
    case 'language':
      return SHARE;
    case 'embedding':
      // Rounding takes a cosine a little beyond its ends.
      return { min: -1.001, max: 1.001, matches: { from: signal.threshold } };
    case 'domain':
    case 'intent':
      return { ...SHARE, matches: { from: signal.threshold } };
    case 'difficulty':
      return { ...SHARE, matches: { below: signal.below } };
    case 'guard':
      return { ...SHARE, matches: { from: GUARD_THRESHOLD } };
    case 'pii':
      return { ...COUNT, matches: { from: signal.minCount } };
    case 'structure':
    case 'conversation': {
      const { feature, min, max } = signal;
      const scale = feature === 'code' || feature === 'cjk' ? SHARE : COUNT;
      const bounds = {
        ...(min === undefined ? {} : { from: min }),
        ...(max === undefined ? {} : { to: max }),
      };
      return { ...scale, matches: bounds };
    }
    case 'identity':
      return { ...SHARE, whole: true, matches: { from: 1 } };
    case 'bm25':
      return { min: 0, max: Number.POSITIVE_INFINITY, matches: { from: signal.threshold } };
    case 'feedback':
    case 'reask':
    case 'fact_check':
    case 'preference':
      return { ...SHARE, matches: { from: signal.threshold } };
  }
}

const COUNT = { min: 0, max: Number.POSITIVE_INFINITY, whole: true };

/** Whatever its thresholds are, the guard's own scale has them here. */
const GUARD_THRESHOLD = 0.5;
