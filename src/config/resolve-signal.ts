import { checked } from '../lib/result.js';
import { DEFAULTS } from './defaults.js';
import type { ReadExamples } from './examples-file.js';
import { resolveOptional, resolvePath } from './paths.js';
import type { ConfigFile } from './schema.js';
import { canonical } from './schema-cache.js';
import type { MeasureSignalConfig, SignalConfig } from './signal-config.js';

type SignalText = ConfigFile['signals'][number];

/**
 * @param file the config file, which paths start from
 * @throws Error when the file with examples was not checked first
 */
export function signalConfig(text: SignalText, file: string, read: ReadExamples): SignalConfig {
  const deadlineMs = 'deadline_ms' in text ? text.deadline_ms : undefined;
  const config = kindOf(text, file, read);
  return deadlineMs === undefined ? config : { ...config, deadlineMs };
}

function kindOf(text: SignalText, file: string, read: ReadExamples): SignalConfig {
  const { name } = text;
  switch (text.type) {
    case 'keyword': {
      const { type, any_of: anyOf, all_of: allOf, none_of: noneOf, fuzzy } = text;
      return {
        type,
        name,
        anyOf,
        allOf,
        noneOf,
        caseSensitive: text.case_sensitive,
        fuzzy,
        regexes: text.regex,
      };
    }
    case 'context_length':
      return { type: text.type, name, minTokens: text.min_tokens, maxTokens: text.max_tokens };
    case 'language':
      return { type: text.type, name, languages: text.languages };
    case 'embedding': {
      const { type, threshold, examples_file: more } = text;
      const examples = more === undefined ? [] : checked(read(resolvePath(more, file)), more);
      return { type, name, threshold, examples: [...text.examples, ...examples] };
    }
    case 'structure':
    case 'conversation':
      return measureConfig(text);
    case 'identity':
      return { type: text.type, name, of: text.of, anyOf: text.any_of };
    case 'bm25':
      return { type: text.type, name, words: text.words, weights: text.weights, threshold: text.threshold };
    case 'feedback':
      return { type: text.type, name, kinds: text.kinds, threshold: text.threshold };
    case 'preference':
      return { type: text.type, name, anyOf: text.any_of, threshold: text.threshold };
    case 'reask':
    case 'fact_check':
      return { type: text.type, name, threshold: text.threshold };
    default:
      return headConfig(text, file);
  }
}

type HeadText = Extract<SignalText, { type: 'domain' | 'intent' | 'difficulty' | 'guard' | 'pii' }>;

function headConfig(text: HeadText, file: string): SignalConfig {
  const { name } = text;
  switch (text.type) {
    case 'domain':
      return { type: text.type, name, anyOf: text.any_of, threshold: text.threshold };
    case 'intent': {
      const head = resolveOptional(text.head, file);
      return { type: text.type, name, anyOf: text.any_of, threshold: text.threshold, head };
    }
    case 'difficulty':
      return { type: text.type, name, size: text.size, below: text.below };
    case 'guard':
      return {
        type: text.type,
        name,
        kinds: text.kinds,
        promptThreshold: text.prompt_threshold,
        documentThreshold: text.document_threshold,
        unread: text.unread,
      };
    case 'pii': {
      const types = canonical(text.types);
      const { threshold, min_count: minCount, unread } = text;
      return { type: text.type, name, types, threshold, minCount, unread };
    }
  }
}

/** Who gives no bound asks whether there is any of it. */
function measureConfig(
  text: Extract<SignalText, { type: 'structure' | 'conversation' }>,
): MeasureSignalConfig {
  const { measure } = DEFAULTS.signal;
  const { name, max } = text;
  const least = text.feature === 'code' || text.feature === 'cjk' ? measure[text.feature] : measure.other;
  const min = text.min ?? (max === undefined ? least : undefined);
  return text.type === 'structure'
    ? { type: text.type, name, feature: text.feature, min, max }
    : { type: text.type, name, feature: text.feature, min, max };
}
