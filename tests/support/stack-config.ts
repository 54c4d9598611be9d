/** `sextant.yaml` as a value: what the e2e tests start from and change. Keys are those of the file. */
export interface StackConfig {
  [key: string]: unknown;
}

/** Models of the stack; a simulator stands behind each. The first is the default. */
export const MODEL_NAMES = ['small', 'large', 'coder'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** A small policy with one decision of every kind. */
export const POLICY: StackConfig = {
  default_model: 'small',
  signals: [
    { name: 'code', type: 'keyword', any_of: ['python', 'unit test', 'refactor'] },
    { name: 'proof', type: 'keyword', any_of: ['prove', 'theorem'] },
    { name: 'forbidden', type: 'keyword', any_of: ['forbidden-word'] },
    { name: 'fresh', type: 'keyword', any_of: ['weather today'] },
    { name: 'long', type: 'context_length', min_tokens: 20_000 },
    { name: 'french', type: 'language', languages: ['fr'] },
    {
      name: 'maths',
      type: 'embedding',
      threshold: 0.55,
      examples: ['Solve the quadratic equation.', 'Find the derivative of this function.'],
    },
  ],
  decisions: [
    {
      name: 'block-forbidden',
      priority: 100,
      when: 'forbidden',
      block: 'This subject is not answered here.',
    },
    { name: 'coding', priority: 20, when: 'code', models: ['coder'] },
    { name: 'no-cache', priority: 15, when: 'fresh', models: ['small'], cache: false },
    {
      name: 'reasoning',
      priority: 10,
      when: { any: ['proof', 'long', { all: ['maths', { not: 'code' }] }] },
      models: ['large'],
    },
    { name: 'french', priority: 5, when: 'french', models: ['large'] },
  ],
  semantic_cache: { enabled: true, backend_type: 'memory', similarity_threshold: 0.8 },
  routes: [{ name: 'default', guarded: true }],
};

/** Where a test says nothing of time: a busy machine must not look like a failure of Sextant. */
export function withPatience(config: StackConfig): StackConfig {
  const limits = config['limits'] as StackConfig | undefined;
  if (limits?.['message_timeout_ms'] !== undefined) return config;
  return {
    ...config,
    limits: { ...limits, message_timeout_ms: 10_000 },
    encoder: { deadline_ms: 8000, ...(config['encoder'] as StackConfig | undefined) },
  };
}
