/** What holds where `sextant.yaml` says nothing. Every default is stated here and nowhere else. */
export const DEFAULTS = {
  listen: { address: '127.0.0.1', port: 8801 },
  envoyAdmin: { address: '127.0.0.1', port: 0 },
  extproc: { socket: '/run/sextant/extproc.sock', address: '127.0.0.1' },
  admin: { address: '127.0.0.1', port: 9900, showPrompts: false },
  probe: { address: '127.0.0.1', port: 9901 },
  limits: {
    bodyBytesMax: 16 * 1024 * 1024,
    messageTimeoutMs: 1000,
    streamIdleTimeoutS: 300,
  },
  encoder: {
    provider: 'cpu',
    fallback: 'none',
    workers: 1,
    queueMax: 256,
    deadlineMs: 800,
    windowsMax: 64,
    readDeadlineMs: 4000,
  },
  /** Of the signals over the heads. */
  signal: {
    threshold: 0.5,
    unread: 'refuse',
    minCount: 1,
    /** A word of weight 1 in a question of usual length. */
    bm25Threshold: 1,
    reaskThreshold: 0.6,
    feedbackKinds: ['wrong', 'unclear', 'different'],
    /** What a measure must come to where no bound is given: a share of the text, or one of whatever is counted. */
    measure: { code: 0.2, cjk: 0.5, other: 1 },
    /** Personal data that says who somebody is or opens a door; names of places and firms stand in most questions. */
    types: [
      'PERSON',
      'STREET_ADDRESS',
      'PHONE_NUMBER',
      'EMAIL_ADDRESS',
      'CREDIT_CARD',
      'IBAN_CODE',
      'US_SSN',
      'IP_ADDRESS',
      'MAC_ADDRESS',
      'API_KEY',
      'CRYPTO',
    ],
  },
  model: { parametersB: 0, priceInput: 0, priceOutput: 0, weight: 1 },
  pool: {
    maxNumSeqs: 256,
    credentials: 'pass',
    header: 'authorization',
    healthCheck: { path: '/health', intervalS: 5, timeoutMs: 1000, unhealthyAfter: 3, healthyAfter: 1 },
    outliers: { failures: 5, ejectionS: 30, ejectedPercentMax: 50 },
  },
  fallback: {
    on: [429, '5xx', 'connect-failure', 'reset', 'timeout'],
    firstByteTimeoutMs: 10_000,
    triesMax: 3,
    budgetPercent: 50,
    cooldownAfter: 3,
    cooldownS: 10,
  },
  cascade: {
    refusal: true,
    cut: true,
    repetition: true,
    broken: true,
    charsMin: 1,
    /** On geometric average a token then had a probability of 0.37. */
    meanLogprobMin: -1,
    bodyBytesMax: 1024 * 1024,
    /** Three models in a row end before the idle timeout. */
    timeoutMs: 90_000,
  },
  reasoning: { mode: 'auto', difficultyBelow: 0.5, override: false },
  selection: {
    /** Half of the way in spending from the cheapest to the best. */
    qualityBias: 0.5,
    /** The operator's preference decides; among models that it leaves equal, the cheaper one. */
    scorers: { weight: 1, price: 0.001 },
    /** What a section that is written counts for: it breaks ties, and outweighs a tenth of quality. */
    watchedScorer: 0.1,
  },
  affinity: { ttlS: 600, entriesMax: 10_000 },
  load: { pollIntervalMs: 1000, timeoutMs: 500, forgetAfter: 3, busyFrom: 0.7, path: '/metrics' },
  learning: { exploreMax: 0.05, minOutcomes: 30, halfLifeOutcomes: 200, from: ['outcomes'] },
  virtualModels: ['auto'],
  identity: { setBy: 'filter', jwtNamespace: 'envoy.filters.http.jwt_authn', jwtPayload: 'jwt_payload' },
  /** A section that is written is meant; without the section there is no cache. */
  semanticCache: {
    enabled: true,
    backendType: 'memory',
    similarityThreshold: 0.8,
    /** With a judge of pairs: from here on a candidate is worth its look. */
    candidateThreshold: 0.6,
    /** From where on an error bound takes an interest in a candidate. */
    boundSimilarityThreshold: 0.7,
    /** Where an error bound decides; else nothing is sampled. */
    verifySampleRate: 0.01,
    judge: 'pair',
    maxEntries: 1000,
    ttlSeconds: 3600,
    evictionPolicy: 'fifo',
    scope: 'tenant',
    maxWaitMs: 30_000,
    streamFollowersWait: false,
    entryBytesMax: 1024 * 1024,
    bytesMax: 256 * 1024 * 1024,
    persistIntervalS: 60,
    volatile: 'bypass',
    /** What belongs to one person or opens a door. Names, places, firms and dates stand in most questions. */
    personalData: {
      action: 'bypass',
      types: [
        'CREDIT_CARD',
        'IBAN_CODE',
        'US_SSN',
        'EMAIL_ADDRESS',
        'PHONE_NUMBER',
        'IP_ADDRESS',
        'STREET_ADDRESS',
        'API_KEY',
      ],
    },
  },
  /** What the file of the Milvus backend may leave out; the article's own values where it has them. */
  milvus: {
    host: '127.0.0.1',
    port: 19_530,
    database: 'default',
    timeoutS: 30,
    collection: 'semantic_cache',
    description: 'Semantic cache for LLM request-response pairs',
    vectorField: 'embedding',
    m: 16,
    efConstruction: 64,
    ef: 64,
    /**
     * A row that one replica wrote is seen by the others as soon as Milvus has it in memory, well within a second.
     * `Strong` waits for that in every read, some 200 ms, which no request has.
     */
    consistencyLevel: 'Bounded',
    deadlineMs: 50,
  },
  telemetry: { sampleRatio: 1, metricsIntervalS: 15, usage: 'read' },
  route: { name: 'default', prefix: '/', guarded: false, readUsage: true },
} as const;

/** Above this a config file is refused unread. Bytes. */
export const CONFIG_BYTES_MAX = 1024 * 1024;

/** How often one YAML file may repeat itself by aliases, so that a small file cannot unfold into a huge one. */
export const YAML_ALIASES_MAX = 100;

/** How deep a rule may nest; the engine walks it by recursion. */
export const RULE_DEPTH_MAX = 16;

/** Linux keeps 108 bytes for the path of a unix socket, the closing zero among them. */
export const SOCKET_PATH_BYTES_MAX = 107;

/** The Envoy cluster under which Sextant itself is known; no pool may be called so. */
export const EXTPROC_CLUSTER = 'sextant-extproc';
