import { type FoundModel, VIRTUAL_NAME } from './found-models.js';

export interface Starter {
  /** Smallest first; at least one. */
  readonly models: readonly FoundModel[];
  /** Where the models were found, in words. */
  readonly from: string;
  /** What editors read, from the folder of the config. */
  readonly schema: string;
  readonly listen: { readonly address: string; readonly port: number };
  /** The flow mapping that says where Envoy asks. */
  readonly extproc: string;
  /** What Envoy's own file allows; undefined: the default. Bytes. */
  readonly bodyBytesMax: number | undefined;
  /** The variable of Envoy's environment that holds the key of the servers. */
  readonly keyEnv: string | undefined;
}

/** Which model is for what, by guess. */
export interface Roles {
  readonly small: FoundModel;
  /** For what is hard; undefined where no model is larger. */
  readonly large: FoundModel | undefined;
  readonly coder: FoundModel | undefined;
  /** For what the small one cannot take in. */
  readonly long: FoundModel | undefined;
}

/** What most models take at least. Tokens. */
const CONTEXT_GUESS = 8192;
/** From this part of the small model's context on there may be no room for its answer. */
const LONG_SHARE = 0.75;

export function rolesOf(models: readonly FoundModel[]): Roles {
  const [first] = models;
  if (first === undefined) throw new Error('no model was found');
  const general = models.filter(({ guess }) => !guess.codes);
  const small = general[0] ?? first;
  const largest = general.at(-1) ?? small;
  const longest = models.toSorted((a, b) => contextOf(b) - contextOf(a))[0] ?? small;
  return {
    small,
    large: largest.guess.rank > small.guess.rank ? largest : undefined,
    coder: models.findLast((model) => model.guess.codes && model !== small),
    long: contextOf(longest) > contextOf(small) ? longest : undefined,
  };
}

/** The text of a `sextant.yaml` to begin with. What was guessed is said to be a guess, where it stands. */
export function starterConfig(starter: Starter): string {
  const roles = rolesOf(starter.models);
  return [
    `# yaml-language-server: $schema=${starter.schema}`,
    `# Written by \`sextant init\` from what was found at ${starter.from}.`,
    '# `sextant check` says whether it is good and where it is not; `sextant doctor` what may go wrong when it runs.',
    '',
    `listen: { address: ${starter.listen.address}, port: ${starter.listen.port} } # where clients send their requests: Envoy's front door`,
    `extproc: ${starter.extproc} # where Envoy asks Sextant`,
    "admin: { address: 127.0.0.1, port: 9900 } # Sextant's health, metrics and dashboard",
    ...(starter.bodyBytesMax === undefined
      ? []
      : [`limits: { body_bytes_max: ${starter.bodyBytesMax} } # the buffer limit of your Envoy`]),
    '',
    '# The pools. Each is one model and the servers that run it. Prices decide between models that would both do:',
    '# write down what yours cost.',
    'models:',
    ...starter.models.flatMap((model) => modelLines(model, starter, roles)),
    ...defaultLines(roles),
    ...signalLines(roles),
    ...decisionLines(roles),
    ...REST,
    '',
  ].join('\n');
}

function modelLines(model: FoundModel, starter: Starter, roles: Roles): readonly string[] {
  const { name, endpoints, tls, cluster, base, contextTokens, guess } = model;
  const pool = [
    ...(tls ? [`tls: ${tlsOf(endpoints)}`] : []),
    ...(starter.keyEnv === undefined ? [] : [`credentials: { from: env, name: ${starter.keyEnv} }`]),
  ];
  return [
    `  - name: ${quoted(name)} # ${roleOf(model, roles)}`,
    ...(cluster === undefined ? [] : [`    cluster: ${quoted(cluster)}`]),
    `    endpoints: [${endpoints.map(quoted).join(', ')}]`,
    contextTokens === undefined
      ? `    context_window: ${CONTEXT_GUESS} # a guess: the server does not say; tokens of prompt and answer together`
      : `    context_window: ${contextTokens} # tokens of prompt and answer together, as the server says`,
    guess.parametersB === undefined
      ? '    # parameters_b: 7 # thousand millions of active parameters; its name does not say'
      : `    parameters_b: ${guess.parametersB} # a guess by its name: thousand millions of active parameters`,
    '    # price: { input: 0.1, output: 0.3 } # USD per million tokens',
    ...(base === undefined ? [] : [`    lora: { base: ${quoted(base)} } # an adapter, as the server says`]),
    ...(pool.length === 0 ? [] : [`    pool: { ${pool.join(', ')} }`]),
  ];
}

function roleOf(model: FoundModel, { small, large, coder }: Roles): string {
  if (model === small) return 'for whatever no decision below claims: the smallest, by a guess';
  if (model === large) return 'for what is hard: the largest, by a guess';
  return model === coder
    ? 'for code, by a guess from its name'
    : 'asked by its name; no decision below names it';
}

/** A certificate seldom names an address, so it has to be said what it names. */
function tlsOf(endpoints: readonly string[]): string {
  const bare = endpoints.find((endpoint) => /^[\d.]+:\d+$|^\[/.test(endpoint));
  return bare === undefined
    ? '{}'
    : `{ server_name: ${quoted(bare.replace(/:\d+$/, '').replace(/[[\]]/g, ''))} }`;
}

function defaultLines({ small }: Roles): readonly string[] {
  const knows = small.aliases.includes(VIRTUAL_NAME);
  return [
    `default_model: ${quoted(small.name)}`,
    `virtual_models: [${VIRTUAL_NAME}] # a client that asks for it leaves the choice to Sextant; any other name is taken as it is`,
    ...(knows
      ? []
      : [
          '# While Sextant is away, requests go to the default model as they are, and its servers do not know the name',
          `# \`${VIRTUAL_NAME}\` yet: start vLLM with \`--served-model-name ${small.name} ${VIRTUAL_NAME}\`, or let such requests fail:`,
          '# routes: [{ guarded: true }]',
        ]),
  ];
}

function signalLines({ small, large, coder, long }: Roles): readonly string[] {
  const signals = [
    ...(coder === undefined ? [] : CODE_SIGNALS),
    ...(large === undefined ? [] : HARD_SIGNALS),
    ...(long === undefined
      ? []
      : [
          `  - name: long_prompt # more than ${small.name} could take and still answer`,
          '    type: context_length',
          `    min_tokens: ${Math.ceil(contextOf(small) * LONG_SHARE)}`,
        ]),
  ];
  return signals.length === 0 ? [] : ['', '# What can be true of a prompt.', 'signals:', ...signals];
}

const CODE_SIGNALS = [
  '  - name: code',
  '    type: intent',
  '    any_of: [code]',
  '  - name: code_words # certain whatever the encoder says',
  '    type: keyword',
  '    any_of: [stack trace, unit test, refactor, compiler error]',
  "    regex: ['```', '\\b(def|function|class|SELECT) \\w+', '\\b\\w+\\.(py|js|ts|rs|go|java|cpp)\\b']",
];

const HARD_SIGNALS = [
  '  - name: reasoning',
  '    type: intent',
  '    any_of: [arithmetic_logic]',
  '  - name: reasoning_words',
  '    type: keyword',
  '    any_of: [prove, proof, step by step, derive, theorem, contradiction]',
  '  - name: exam_subject',
  '    type: domain',
  '    any_of: [math, physics, chemistry, engineering, law, computer science]',
  '  - name: too_hard_for_small # a small model answers well with a chance below this',
  '    type: difficulty',
  '    size: small',
  '    below: 0.4',
];

function decisionLines({ large, coder, long }: Roles): readonly string[] {
  const decisions = [
    ...(coder === undefined
      ? []
      : decided('code', { priority: 100, when: '{ any: [code, code_words] }', model: coder })),
    ...(large === undefined ? [] : decided('hard', { priority: 90, when: HARD, model: large })),
    ...(long === undefined ? [] : decided('long', { priority: 50, when: 'long_prompt', model: long })),
  ];
  if (decisions.length === 0) return [];
  const told =
    '# Which model a prompt goes to: the decision of the highest priority whose rule holds; if none does, default_model.';
  return ['', told, 'decisions:', ...decisions];
}

const HARD = '{ any: [reasoning_words, reasoning, { all: [exam_subject, too_hard_for_small] }] }';

function decided(
  name: string,
  { priority, when, model }: { readonly priority: number; readonly when: string; readonly model: FoundModel },
): readonly string[] {
  return [
    `  - name: ${name}`,
    `    priority: ${priority}`,
    `    when: ${when}`,
    `    models: [${quoted(model.name)}]`,
  ];
}

const REST = [
  '',
  '# Answers again what was asked before, in the same or in other words, and never to another caller.',
  'semantic_cache:',
  '  enabled: true',
  '  max_entries: 1000',
  '  ttl_seconds: 3600',
];

function contextOf({ contextTokens }: FoundModel): number {
  return contextTokens ?? CONTEXT_GUESS;
}

/** What is JSON is YAML as well, and no name becomes anything but a text. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
