import type { ClassifyingEncoder } from '../../src/app/classify.js';
import type {
  HeadName,
  HeadReadings,
  HeadSpec,
  Span,
  UnreadStretch,
  WindowReading,
} from '../../src/signals/contract.js';

/** What the heads of `headsEncoder` can say. */
export const HEAD_SPECS: Readonly<Record<HeadName, HeadSpec>> = {
  domain: { answers: 'one', labels: ['law', 'math', 'other'] },
  intent: { answers: 'one', labels: ['code', 'knowledge'] },
  difficulty: { answers: 'each', labels: ['small', 'medium', 'large'] },
  guard: {
    answers: 'one',
    labels: ['benign', 'jailbreak', 'injection'],
    threshold: 0.5,
    scanThreshold: 0.9,
  },
  document: { answers: 'one', labels: ['benign', 'injection'], threshold: 0.6, scanThreshold: 0.95 },
};

/**
 * An encoder whose heads go by single words: `jailbreak` and `inject` are attacks, `court` is law, and `Ada` is a
 * person. It reads the first `windowsMax` passages of a budget, each as one window; of the rest it scans the words.
 */
export function headsEncoder(): ClassifyingEncoder {
  const known = new Set<string>();
  let hits = 0;
  return {
    dimension: 2,
    hash: 'a'.repeat(64),
    headsHash: 'b'.repeat(64),
    provider: 'fake',
    heads: HEAD_SPECS,
    memoHits: () => hits,
    encode: async (text) => {
      known.add(text);
      const tokens = text.split(' ').length + 2;
      const truncated = text.length > 1000;
      return { vector: Float32Array.of(1, 0), tokens, truncated, unknownShare: 0, heads: readingsOf(text) };
    },
    readWhole: async (passages, { windowsMax }) => {
      const windows: WindowReading[] = [];
      const unread: UnreadStretch[] = [];
      for (const [passage, { text }] of passages.entries()) {
        const end = text.length;
        if (windows.length === windowsMax) {
          unread.push({ passage, start: 0, end, scanned: attackOf(text) });
          continue;
        }
        if (known.has(text)) hits += 1;
        windows.push({ passage, start: 0, end, heads: readingsOf(text) });
      }
      return { windows, unread };
    },
  };
}

/** An encoder of a model without heads: it gives vectors, and leaves everything unread. */
export function bareEncoder(): ClassifyingEncoder {
  const { heads: _none, ...rest } = headsEncoder();
  return {
    ...rest,
    headsHash: undefined,
    encode: async () => ({ vector: Float32Array.of(1), tokens: 3, truncated: false, unknownShare: 0 }),
    readWhole: async (passages) => {
      const unread = passages.map(({ text }, passage) => ({
        passage,
        start: 0,
        end: text.length,
        scanned: 0,
      }));
      return { windows: [], unread };
    },
  };
}

function readingsOf(text: string): HeadReadings {
  const law = text.includes('court') ? 0.9 : 0.1;
  const jailbreak = text.includes('jailbreak') ? 0.94 : 0.01;
  const injection = text.includes('inject') ? 0.55 : 0.01;
  const probabilities = {
    domain: Float32Array.of(law, (1 - law) / 2, (1 - law) / 2),
    intent: Float32Array.of(0.25, 0.75),
    difficulty: Float32Array.of(0.4, 0.6, 0.8),
    guard: Float32Array.of(1 - jailbreak - injection, jailbreak, injection),
    document: Float32Array.of(1 - injection, injection),
  };
  return { features: Float32Array.of(1, 1), probabilities, spans: spansOf(text) };
}

function attackOf(text: string): number {
  return text.includes('jailbreak') ? 0.97 : 0.02;
}

function spansOf(text: string): readonly Span[] {
  return Array.from(text.matchAll(/Ada\S*/g), ({ index, 0: found }) => {
    return { type: 'PERSON', start: index, end: index + found.length, score: 0.91 };
  });
}
