import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import {
  folderOf,
  lineOf,
  nodesOf,
  parseSource,
  readSources,
  type SourceFile,
} from './support/source-files.js';

/** What one folder may import, besides itself. A name is a folder, or one file of a folder. */
interface Allowance {
  readonly values: readonly string[];
  /** In addition to the values: what only types may be taken from. */
  readonly types: readonly string[];
  /** Names of packages; every package where it is left out. */
  readonly packages?: readonly string[];
}

const PURE_TYPES = ['openai', 'signals', 'decision', 'selection', 'cache'];
const DOMAIN_TYPES = [...PURE_TYPES, 'exchange'];
/** A leaf without imports, and the only place where header names are spelled. */
const HEADER_NAMES = 'exchange/headers.ts';

const ADAPTER: Allowance = { values: ['lib', 'telemetry'], types: PURE_TYPES };
/** Every store reads back an answer that it wrote down. */
const STORE: Allowance = { ...ADAPTER, values: [...ADAPTER.values, 'cache/stored-completion.ts'] };

/** One direction: edge → story → pure; only `app.ts` knows everybody. */
const IMPORT_TABLE: Readonly<Record<string, Allowance>> = {
  lib: { values: [], types: [], packages: ['node:buffer', 'node:crypto', 'node:util', 'node:zlib'] },
  openai: { values: ['lib'], types: PURE_TYPES, packages: ['node:crypto', 'eventsource-parser'] },
  signals: {
    values: ['lib'],
    types: PURE_TYPES,
    packages: [
      'node:crypto',
      're2js',
      'tinyld/light',
      'libphonenumber-js/min',
      'validator/lib/isIBAN.js',
      'validator/lib/isIP.js',
    ],
  },
  decision: { values: ['lib'], types: PURE_TYPES, packages: ['node:crypto'] },
  selection: { values: ['lib'], types: PURE_TYPES, packages: ['node:crypto'] },
  cache: { values: ['lib'], types: PURE_TYPES, packages: ['node:crypto'] },
  // Of `node:net` only `isIP`, which looks at nothing but its argument; the constants of config are plain values.
  render: {
    values: ['lib', HEADER_NAMES, 'config/defaults.ts', 'selection/fixed-order.ts'],
    types: ['config', ...PURE_TYPES],
    packages: ['node:crypto', 'node:net', 'yaml'],
  },
  // What a head is trained for is how the signals read it, so training reads it the same way.
  learn: { values: ['lib', 'signals'], types: PURE_TYPES, packages: [] },
  // The cache is judged by the very code that serves from it.
  evaluation: { values: ['lib', 'learn', 'signals', 'cache'], types: DOMAIN_TYPES },
  telemetry: { values: ['lib'], types: DOMAIN_TYPES, packages: [] },
  exchange: { values: ['lib', 'telemetry', ...PURE_TYPES], types: [], packages: ['node:crypto'] },
  extproc: { values: ['lib', 'telemetry', 'exchange'], types: [] },
  'adapters/memory': { ...STORE, values: [...STORE.values, 'cache/bound/saved.ts'] },
  'adapters/milvus': STORE,
  'adapters/model-judge': { ...ADAPTER, values: [...ADAPTER.values, 'cache/choice-text.ts'], packages: [] },
  'adapters/onnx': ADAPTER,
  'adapters/pino': ADAPTER,
  'adapters/prometheus': ADAPTER,
  'adapters/otlp': {
    ...ADAPTER,
    packages: [
      'node:crypto',
      '@opentelemetry/api',
      '@opentelemetry/core',
      '@opentelemetry/exporter-metrics-otlp-http',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-metrics',
      '@opentelemetry/sdk-trace-base',
    ],
  },
  'adapters/vllm-metrics': { ...ADAPTER, packages: ['node:http', 'node:https'] },
  'adapters/files': { ...ADAPTER, packages: ['node:fs/promises'] },
  'adapters/recording': { ...ADAPTER, packages: ['node:fs/promises'] },
  // It reads the bodies of /classify as the API reads its own, and refuses them in the same shape. What an export of
  // the cache looks like, the cache knows.
  admin: { values: ['lib', 'telemetry', 'openai', 'cache/transfer.ts', HEADER_NAMES], types: DOMAIN_TYPES },
  // Only the detector and the heads know what they can tell, and a policy must not name anything else. What is wrong with
  // rules, the engine that evaluates them knows.
  config: {
    values: [
      'lib',
      HEADER_NAMES,
      'signals/languages.ts',
      'signals/labels.ts',
      'signals/pii/types.ts',
      'selection/reasoning.ts',
      'decision/check.ts',
    ],
    types: DOMAIN_TYPES,
  },
  simulator: { values: ['lib'], types: ['openai'] },
  cli: {
    values: [
      'lib',
      'app.ts',
      'app/prepare.ts',
      'app/reach-milvus.ts',
      'config',
      'render',
      'simulator',
      HEADER_NAMES,
      'evaluation',
      'app/classify.ts',
    ],
    // What the pages of the admin listener answer.
    types: [...DOMAIN_TYPES, 'admin'],
  },
  // What a Node program imports.
  'index.ts': {
    values: ['app.ts', 'config', 'render', 'telemetry'],
    types: [],
    packages: ['node:path', 'zod'],
  },
  'cli.ts': { values: ['cli'], types: [] },
  // The parts of the composition root, each with a row of its own: none of them knows everybody.
  // What the models say of a conversation, for the command and the admin listener alike.
  'app/classify.ts': { values: ['lib', 'signals'], types: PURE_TYPES, packages: [] },
  // It starts a thread before the rest is loaded.
  'app/prepare.ts': { values: ['adapters/onnx'], types: [], packages: [] },
  // Heads of the user's own, for the few policies that have one.
  'app/own-heads.ts': {
    values: ['signals', 'evaluation'],
    types: ['app/policies.ts'],
    packages: ['node:crypto'],
  },
  // So are routers, for the few policies that choose models by one.
  'app/own-routers.ts': {
    values: ['evaluation', 'learn'],
    types: ['selection'],
    packages: ['node:crypto', 'node:path'],
  },
  // What watches over models.
  'app/watch-models.ts': {
    values: ['lib', 'selection', 'exchange/judging.ts'],
    types: ['config', 'exchange'],
    packages: [],
  },
  // What is known of the pools while they work.
  'app/watch-pools.ts': {
    values: ['lib', 'selection', 'adapters/vllm-metrics'],
    types: ['config', 'telemetry'],
    packages: ['node:fs/promises'],
  },
  // It loads what serves, and builds none of it.
  'app/serving-code.ts': {
    values: [
      'extproc',
      'exchange',
      'adapters/memory',
      'admin',
      'app/open-admin.ts',
      'adapters/prometheus',
      'config',
      'app/dashboard.ts',
      'app/live-policies.ts',
      'app/reload.ts',
    ],
    types: [],
    packages: [],
  },
  // What watches over hits.
  'app/watch-hits.ts': { values: ['lib', 'cache', 'exchange'], types: ['config'], packages: [] },
  // The listeners for operators and for probes, opened together.
  'app/open-admin.ts': { values: ['admin'], types: ['config'], packages: ['node:fs/promises'] },
  // The store that several processes share, for the few that have one.
  'app/shared-cache.ts': {
    values: ['lib', 'cache', 'adapters/milvus'],
    types: ['config', 'telemetry'],
    packages: [],
  },
  // For the doctor alone: whether Milvus answers.
  'app/reach-milvus.ts': { values: ['adapters/milvus'], types: ['config'], packages: [] },
  // Where the secret of the cache comes from.
  'app/cache-secret.ts': {
    values: [],
    types: ['telemetry'],
    packages: ['node:crypto', 'node:fs', 'node:path'],
  },
  // The stores of the cache, opened together and closed together.
  'app/open-cache.ts': {
    values: ['lib', 'adapters/memory', 'app/shared-cache.ts', 'app/cache-secret.ts'],
    types: ['adapters/onnx', 'cache', 'config', 'telemetry'],
    packages: [],
  },
  // What error bounds have learnt, for those that keep it.
  'app/remember-bounds.ts': {
    values: ['adapters/memory'],
    types: ['cache', 'config', 'telemetry'],
    packages: ['node:crypto'],
  },
  // The models that compare answers, for those who name one.
  'app/model-judges.ts': {
    values: ['lib', 'adapters/model-judge'],
    types: ['cache', 'config'],
    packages: [],
  },
  // What decisions learn from outcomes.
  'app/learn-outcomes.ts': { values: ['lib', 'learn', 'exchange'], types: ['config'], packages: [] },
  // A config is explained by the story itself, over a cache that is empty.
  'app/explaining.ts': {
    values: [
      'lib',
      'telemetry',
      'exchange',
      'app/policies.ts',
      'adapters/memory',
      'app/signal-definitions.ts',
    ],
    types: ['config', 'adapters/onnx'],
    packages: ['node:crypto'],
  },
  // Requests are kept for replay, for those who ask for it.
  'app/recording.ts': {
    values: ['lib', 'adapters/recording', 'app/signal-definitions.ts'],
    types: ['config', 'exchange', 'telemetry'],
    packages: [],
  },
  // What the admin listener is asked for, loaded with the first question.
  'app/on-demand.ts': {
    values: ['lib', 'app/classify.ts', 'exchange'],
    types: ['adapters/onnx', 'config', 'openai'],
    packages: [],
  },
  // What a recording and a replay must agree on.
  'app/signal-definitions.ts': { values: [], types: ['config'], packages: ['node:crypto'] },
  // What decisions have learnt, for those that keep it.
  'app/remember-learning.ts': {
    values: ['adapters/memory', 'app/saved-learners.ts'],
    types: ['config', 'exchange', 'learn', 'telemetry'],
    packages: ['node:crypto'],
  },
  // What one config makes of the means that outlive it.
  'app/live-policy.ts': {
    values: [
      'lib',
      'exchange',
      'app/learn-outcomes.ts',
      'app/model-judges.ts',
      'app/recording.ts',
      'app/remember-bounds.ts',
      'app/remember-learning.ts',
      'app/watch-hits.ts',
      'app/watch-models.ts',
      'app/watch-pools.ts',
    ],
    types: ['adapters/memory', 'adapters/onnx', 'config', 'app/open-cache.ts', 'telemetry'],
    packages: ['node:crypto'],
  },
  // One config follows another.
  'app/live-policies.ts': {
    values: ['app/live-policy.ts'],
    types: ['adapters/prometheus', 'config', 'exchange', 'app/reload.ts'],
    packages: [],
  },
  // What a browser is shown of all this.
  'app/dashboard.ts': {
    values: ['lib', 'admin'],
    types: ['adapters/prometheus', 'cache', 'config'],
    packages: ['node:url'],
  },
  // The config file is looked at again, and what it says is taken over.
  'app/reload.ts': {
    values: ['lib', 'adapters/files', 'config/until-restart.ts', 'exchange', 'render'],
    types: ['config', 'telemetry'],
    packages: [],
  },
  // Policies that follow one another share their examples.
  'app/remember-examples.ts': { values: [], types: ['app/policies.ts', 'signals'], packages: [] },
  // It speaks to a collector of OpenTelemetry, for those who name one.
  'app/open-otlp.ts': {
    values: ['lib', 'adapters/otlp'],
    types: ['config', 'telemetry'],
    packages: [],
  },
  // What a learner knows, as lines of text that are checked when they are read again.
  'app/saved-learners.ts': { values: [], types: ['learn'], packages: ['zod'] },
  // It builds what the domain's contracts ask for, and no adapter.
  'app/policies.ts': {
    values: ['lib', ...PURE_TYPES],
    types: ['config', 'exchange'],
    packages: ['node:crypto'],
  },
};

/** The composition root imports all of them, and only the commands import it. */
const ROOT = 'app.ts';

const PURE_FOLDERS = [...PURE_TYPES, 'render', 'learn'];
/** Of `node:crypto`, what gives the same for the same input. */
const HASHING = ['createHash', 'createHmac', 'hash', 'timingSafeEqual', 'Hash', 'Hmac'];
/** Globals that read the world or change it. */
const IMPURE_GLOBALS = [
  'process',
  'console',
  'performance',
  'fetch',
  'crypto',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
];

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;

type Rule = (file: SourceFile) => readonly string[];

const RULES: Readonly<Record<string, Rule>> = {
  'imports follow the table': (file) =>
    file.imports
      .filter((each) => !isAllowed(file, each))
      .map(({ target, typeOnly, line }) => {
        return at(file, line, `must not import ${typeOnly ? 'types of ' : ''}${target}`);
      }),

  'pure folders hash with node:crypto and take no more of it': (file) =>
    isPure(file)
      ? file.imports
          .filter(({ target, names }) => target === 'node:crypto' && !isSubset(names, HASHING))
          .map(({ line, names }) => at(file, line, `takes ${names.join(', ') || 'all'} of node:crypto`))
      : [],

  'pure folders have no clock, randomness, process or console': (file) =>
    isPure(file) ? violations(file, impurity) : [],

  'no file only hands on what others export': (file) => {
    const { statements } = file.tree;
    const handsOn = (each: ts.Statement) =>
      ts.isExportDeclaration(each) && each.moduleSpecifier !== undefined;
    return statements.length > 0 && statements.every(handsOn) ? [at(file, 1, 'is a barrel')] : [];
  },

  'no any, no default export, no assertion that something is not null': (file) => violations(file, looseness),

  'no console outside the commands': (file) =>
    ['cli', 'cli.ts'].includes(folderOf(file.path))
      ? []
      : violations(file, (node) => (isGlobal(node, 'console') ? 'uses console' : undefined)),

  'header names are spelled in one file': (file) =>
    file.path === HEADER_NAMES
      ? []
      : violations(file, (node) => {
          const isText = ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node);
          return isText && node.text.includes('x-sextant-') ? 'spells a header name' : undefined;
        }),

  [`no file is longer than ${FILE_LINES_MAX} lines`]: (file) => {
    const lines = file.tree.text.trimEnd().split('\n').length;
    return lines > FILE_LINES_MAX ? [at(file, 1, `has ${lines} lines`)] : [];
  },

  [`no function is longer than ${FUNCTION_LINES_MAX} lines`]: (file) =>
    violations(file, (node) => {
      if (!ts.isFunctionLike(node)) return undefined;
      const lines = node.getText(file.tree).split('\n').length;
      return lines > FUNCTION_LINES_MAX ? `has a function of ${lines} lines` : undefined;
    }),
};

describe('the sources', () => {
  const files = readSources(fileURLToPath(new URL('../src', import.meta.url)));

  test('were found', () => {
    expect(files.length).toBeGreaterThan(50);
    for (const folder of PURE_FOLDERS) expect(files.map(({ path }) => folderOf(path))).toContain(folder);
  });

  test.each(Object.entries(RULES))('%s', (_, rule) => {
    expect(files.flatMap(rule)).toEqual([]);
  });

  test('no import leads back to where it started', () => {
    expect(findCycles(files)).toEqual([]);
  });
});

describe('the rules see', () => {
  test.each([
    ['imports follow the table', 'decision/x.ts', "import { viewOf } from '../signals/view.js';", 1],
    ['imports follow the table', 'decision/x.ts', "import type { Signal } from '../signals/contract.js';", 0],
    ['imports follow the table', 'decision/x.ts', "import { type Signal } from '../signals/contract.js';", 0],
    [
      'imports follow the table',
      'decision/x.ts',
      "import { type Signal, a } from '../signals/contract.js';",
      1,
    ],
    ['imports follow the table', 'decision/x.ts', "export { viewOf } from '../signals/view.js';", 1],
    ['imports follow the table', 'decision/x.ts', "const view = import('../signals/view.js');", 1],
    ['imports follow the table', 'decision/x.ts', 'const view = import(somewhere);', 1],
    ['imports follow the table', 'decision/x.ts', "import '../signals/view.js';", 1],
    ['imports follow the table', 'decision/x.ts', "import { readFileSync } from 'node:fs';", 1],
    ['imports follow the table', 'decision/x.ts', "let x: import('../exchange/policy.js').RoutePolicy;", 1],
    ['imports follow the table', 'exchange/x.ts', "import type { Config } from '../config/config.js';", 1],
    ['imports follow the table', 'adapters/onnx/x.ts', "import { a } from '../memory/store.js';", 1],
    ['imports follow the table', 'adapters/new/x.ts', "import { a } from '../../lib/result.js';", 1],
    ['imports follow the table', 'render/x.ts', "import { CLUSTER } from '../exchange/headers.js';", 0],
    ['imports follow the table', 'render/x.ts', "import { a } from '../exchange/request.js';", 1],
    ['imports follow the table', 'app.ts', "import { a } from './adapters/onnx/encoder.js';", 0],
    ['imports follow the table', 'extproc/x.ts', "import { a } from '../app.js';", 1],
    [
      'pure folders hash with node:crypto and take no more of it',
      'cache/x.ts',
      "import { createHash } from 'node:crypto';",
      0,
    ],
    [
      'pure folders hash with node:crypto and take no more of it',
      'cache/x.ts',
      "import { randomUUID } from 'node:crypto';",
      1,
    ],
    [
      'pure folders hash with node:crypto and take no more of it',
      'cache/x.ts',
      "import * as c from 'node:crypto';",
      1,
    ],
    [
      'pure folders have no clock, randomness, process or console',
      'cache/x.ts',
      'f(Date.now(), Math.random(), new Date())',
      3,
    ],
    [
      'pure folders have no clock, randomness, process or console',
      'cache/x.ts',
      'f(process.env, performance.now())',
      2,
    ],
    [
      'pure folders have no clock, randomness, process or console',
      'cache/x.ts',
      'f(new Date(5), a.process, { process: 1 })',
      0,
    ],
    [
      'no file only hands on what others export',
      'lib/x.ts',
      "export * from './a.js'; export { b } from './b.js';",
      1,
    ],
    [
      'no file only hands on what others export',
      'lib/x.ts',
      "export * from './a.js'; export const b = 1;",
      0,
    ],
    [
      'no any, no default export, no assertion that something is not null',
      'lib/x.ts',
      'export default a! as any;',
      3,
    ],
    [
      'no any, no default export, no assertion that something is not null',
      'lib/x.ts',
      'export default function f() {}',
      1,
    ],
    ['no console outside the commands', 'lib/x.ts', 'console.log(1)', 1],
    ['no console outside the commands', 'cli/x.ts', 'console.log(1)', 0],
    [
      'header names are spelled in one file',
      'lib/x.ts',
      `f('x-sextant-a', \`x-sextant-\${b}\`); // x-sextant-c`,
      2,
    ],
    [
      `no file is longer than ${FILE_LINES_MAX} lines`,
      'lib/x.ts',
      '\n'.repeat(FILE_LINES_MAX).concat('a'),
      1,
    ],
    [
      `no function is longer than ${FUNCTION_LINES_MAX} lines`,
      'lib/x.ts',
      `const f = () => {${'\n'.repeat(FUNCTION_LINES_MAX)}}`,
      1,
    ],
  ])('%s, in %s (%#)', (name, path, text, count) => {
    expect(RULES[name]?.(parseSource(path, text))).toHaveLength(count);
  });

  test('cycles, through types too', () => {
    const cycle = [
      parseSource('lib/a.ts', "import { b } from './b.js';"),
      parseSource('lib/b.ts', "import type { C } from './c.js';"),
      parseSource('lib/c.ts', "import { a } from './a.js';"),
      parseSource('lib/d.ts', "import { a } from './a.js';"),
    ];
    expect(findCycles(cycle)).toEqual(['lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts']);
    expect(findCycles(cycle.slice(0, 2))).toEqual([]);
  });
});

function isAllowed(
  file: SourceFile,
  { target, isPackage, typeOnly }: SourceFile['imports'][number],
): boolean {
  const from = folderOf(file.path);
  if (from === ROOT) return isPackage || folderOf(target) !== 'cli';
  const allowance = IMPORT_TABLE[from];
  if (allowance === undefined) return false;
  if (isPackage) return allowance.packages?.includes(target) ?? true;
  const allowed = typeOnly ? [...allowance.values, ...allowance.types] : allowance.values;
  return folderOf(target) === from || allowed.includes(folderOf(target)) || allowed.includes(target);
}

function isPure(file: SourceFile): boolean {
  return PURE_FOLDERS.includes(folderOf(file.path));
}

function isSubset(names: readonly string[], of: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => of.includes(name));
}

/** What `judge` says of each node of the file. */
function violations(file: SourceFile, judge: (node: ts.Node) => string | undefined): readonly string[] {
  return nodesOf(file.tree).flatMap((node) => {
    const what = judge(node);
    return what === undefined ? [] : [at(file, lineOf(file.tree, node), what)];
  });
}

function at(file: SourceFile, line: number, what: string): string {
  return `src/${file.path}:${line} ${what}`;
}

function impurity(node: ts.Node): string | undefined {
  const name = IMPURE_GLOBALS.find((each) => isGlobal(node, each));
  if (name !== undefined) return `uses ${name}`;
  if (
    ts.isNewExpression(node) &&
    node.expression.getText() === 'Date' &&
    (node.arguments?.length ?? 0) === 0
  ) {
    return 'uses new Date()';
  }
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const text = node.getText();
  return text === 'Date.now' || text === 'Math.random' ? `uses ${text}` : undefined;
}

function looseness(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'uses any';
  if (ts.isNonNullExpression(node)) return 'asserts that something is not null';
  if (ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword) {
    return ts.isDefaultClause(node.parent) || ts.isCaseBlock(node.parent)
      ? undefined
      : 'has a default export';
  }
  return undefined;
}

/** Whether the node is a use of the global of that name, and not a property or key that is called the same. */
function isGlobal(node: ts.Node, name: string): boolean {
  if (!ts.isIdentifier(node) || node.text !== name) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  const isNameOfMember =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent);
  return !(isNameOfMember && parent.name === node);
}

/** Each cycle once, from the file of it that comes first. */
function findCycles(files: readonly SourceFile[]): readonly string[] {
  const next = new Map(files.map((file) => [file.path, file.imports.filter((each) => !each.isPackage)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) cycles.push([...way.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const { target } of next.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}
