import { z } from 'zod';
import type { PersonalPolicy } from '../signals/personal-policy.js';
import { TYPE_NAMES, typesNamed } from '../signals/pii/types.js';
import { DEFAULTS } from './defaults.js';
import { modelName, section } from './fields.js';
import { suggestion } from './names.js';
import { atKey, atValue, type Finding, type Path } from './problems.js';
import { canonical } from './schema-cache.js';

const share = z.number().min(0).max(1);

/** What is done about personal data; what a decision leaves out, the file says for all. */
export const personalData = section({
  action: z
    .enum(['note', 'block', 'private_model', 'redact'])
    .optional()
    .describe(
      'note: only report; block: refuse; private_model: only private_models answer; redact: show placeholders.',
    ),
  types: z
    .array(z.enum(TYPE_NAMES))
    .min(1)
    .max(TYPE_NAMES.length)
    .optional()
    .describe('By the names of the pii signal, whose default is that of this list, too.'),
  threshold: share.optional().describe('Finds with a lower score do not count.'),
  thresholds: z.record(z.string(), share).optional().describe('The same for single types.'),
  private_models: z
    .array(modelName)
    .min(1)
    .max(256)
    .optional()
    .describe('Models that may see personal data, with action: private_model.'),
  unread: z
    .enum(['refuse', 'allow'])
    .optional()
    .describe('refuse: text that could not be looked at counts as personal.'),
}).describe('What becomes of requests that hold personal data.');

export type PersonalText = z.output<typeof personalData>;

interface Heeding {
  readonly personal_data?: PersonalText | undefined;
  readonly decisions: readonly {
    readonly personal_data?: PersonalText | undefined;
    readonly block?: string | undefined;
  }[];
}

/** Undefined where neither the decision nor the file says anything. */
export function personalPolicyOf(
  own: PersonalText | undefined,
  base: PersonalText | undefined,
): PersonalPolicy | undefined {
  if (own === undefined && base === undefined) return undefined;
  const text = { ...base, ...own };
  const named = canonical(text.types ?? DEFAULTS.signal.types);
  const single = new Map(
    Object.entries(text.thresholds ?? {}).flatMap(([name, score]) =>
      canonical([name]).map((type) => [type, score] as const),
    ),
  );
  const usual = text.threshold ?? DEFAULTS.signal.threshold;
  return {
    action: text.action ?? 'note',
    scoreMin: Object.fromEntries(named.map((type) => [type, single.get(type) ?? usual])),
    privateModels: [...new Set(text.private_models)],
    unread: text.unread ?? DEFAULTS.signal.unread,
  };
}

/** Whether answers may have to be changed on their way to the client. */
export function restores({ personal_data: base, decisions }: Heeding): boolean {
  return [base, ...decisions.map(({ personal_data: own }) => own)].some((text) => text?.action === 'redact');
}

/** What is well formed and says too little, or what nobody heeds. */
export function personalFindings(config: Heeding): readonly Finding[] {
  const base = config.personal_data;
  return [
    ...sectionFindings(base, undefined, ['personal_data']),
    ...config.decisions.flatMap(({ personal_data: own, block }, index) => {
      const path = ['decisions', index, 'personal_data'];
      if (own === undefined || block === undefined) return sectionFindings(own, base, path);
      const message = 'has no meaning for a block, which lets nothing pass; remove it';
      return [atKey(path, message)];
    }),
  ];
}

function sectionFindings(
  own: PersonalText | undefined,
  base: PersonalText | undefined,
  path: Path,
): readonly Finding[] {
  if (own === undefined) return [];
  const { action, private_models: models } = { ...base, ...own };
  if (action === undefined) {
    return [atValue(path, 'says nothing to do; add action: note, block, private_model or redact')];
  }
  const findings: Finding[] = [...thresholdFindings(own, base, [...path, 'thresholds'])];
  if (action === 'private_model' && models === undefined) {
    const message = 'needs to know which models may see personal data; add private_models with their names';
    findings.push(atValue(own.action === undefined ? path : [...path, 'action'], message));
  }
  if (action !== 'private_model' && own.private_models !== undefined) {
    const message = `is of no use with action: ${action}; say action: private_model, or remove it`;
    findings.push(atKey([...path, 'private_models'], message));
  }
  return findings;
}

/** A threshold of a type that nobody looks for would look like protection. */
function thresholdFindings(
  { types, thresholds }: PersonalText,
  base: PersonalText | undefined,
  path: Path,
): readonly Finding[] {
  const sought = canonical(types ?? base?.types ?? DEFAULTS.signal.types);
  return Object.keys(thresholds ?? {}).flatMap((name): Finding[] => {
    const meant = typesNamed(name);
    if (meant.length === 0) {
      const message = `no kind of personal data is called "${name.slice(0, 80)}"; ${suggestion(name, TYPE_NAMES)}`;
      return [atKey([...path, name], message)];
    }
    if (meant.some(({ type }) => sought.includes(type))) return [];
    return [atKey([...path, name], `${name} is not looked for; add it to types, or remove its threshold`)];
  });
}
