import { DEFAULTS, EXTPROC_CLUSTER, RULE_DEPTH_MAX } from './defaults.js';
import { suggestion } from './names.js';
import { atValue, type Finding, type Path } from './problems.js';
import { ALWAYS } from './schema-rule.js';

/**
 * What the parts of a file say of one another: names that stand twice, and names that nothing carries. It reads the
 * file as it stands and steps over whatever is malformed, so that these problems show together with the schema's.
 */
export function checkReferences(root: unknown): readonly Finding[] {
  const file = record(root);
  const models = named(file['models'], 'models');
  const signals = named(file['signals'], 'signals');
  const decisions = named(file['decisions'], 'decisions');
  const routes = named(file['routes'], 'routes', DEFAULTS.route.name);
  return [
    ...[models, signals, decisions, routes].flatMap(duplicates),
    ...signals.filter(({ name }) => name === ALWAYS).map(reservedSignal),
    ...virtualNames(file, models),
    ...unknownModel(file['default_model'], ['default_model'], models),
    ...judgeFindings(record(file['semantic_cache'])['judge'], models),
    ...list(file['decisions']).flatMap((decision, index) =>
      decisionFindings(record(decision), ['decisions', index], { models, signals }),
    ),
    ...list(record(file['fallback'])['models']).flatMap((model, index) =>
      unknownModel(model, ['fallback', 'models', index], models),
    ),
    ...privateModels(file['personal_data'], ['personal_data'], models),
    ...clusterFindings(file['models']),
    ...loraFindings(file['models'], models),
  ];
}

interface Named {
  readonly name: string;
  /** Of the name itself. */
  readonly path: Path;
}

interface Known {
  readonly models: readonly Named[];
  readonly signals: readonly Named[];
}

function named(value: unknown, section: string, whenAbsent?: string): readonly Named[] {
  return list(value).flatMap((entry, index) => {
    const name = record(entry)['name'] ?? whenAbsent;
    return typeof name === 'string' ? [{ name, path: [section, index, 'name'] }] : [];
  });
}

function duplicates(entries: readonly Named[]): readonly Finding[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name, path }) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [atValue(path, `the name "${name}" is taken by an entry above; choose another`)];
  });
}

function reservedSignal({ path }: Named): Finding {
  return atValue(path, `"${ALWAYS}" is the rule that holds for every prompt; choose another name`);
}

function virtualNames(file: Fields, models: readonly Named[]): readonly Finding[] {
  const virtual = list(file['virtual_models'] ?? DEFAULTS.virtualModels);
  return models
    .filter(({ name }) => virtual.includes(name))
    .map(({ name, path }) =>
      atValue(
        path,
        `"${name}" is one of virtual_models as well; a request for it would be ambiguous, rename one`,
      ),
    );
}

function unknownModel(value: unknown, path: Path, models: readonly Named[]): readonly Finding[] {
  // Without one readable model there is a worse problem than this one, and it is reported.
  if (typeof value !== 'string' || models.length === 0) return [];
  const names = models.map(({ name }) => name);
  if (names.includes(value)) return [];
  return [unknownName('model', value, { path, names })];
}

function unknownName(
  what: 'model' | 'signal',
  name: string,
  { path, names }: { readonly path: Path; readonly names: readonly string[] },
): Finding {
  const message = `no ${what} is called "${name.slice(0, 80)}"; ${suggestion(name, names)}`;
  return atValue(path, message);
}

/** Who may see personal data. */
function privateModels(section: unknown, path: Path, models: readonly Named[]): readonly Finding[] {
  return list(record(section)['private_models']).flatMap((model, index) =>
    unknownModel(model, [...path, 'private_models', index], models),
  );
}

/** Who compares the answers of the cache: a model, or none. */
function judgeFindings(judge: unknown, models: readonly Named[]): readonly Finding[] {
  const path = ['semantic_cache', 'judge'];
  const { type, model } = record(judge);
  if (type === 'model' && model === undefined) {
    return [atValue(path, 'type: model needs to know which; add model with the name of one')];
  }
  if (type !== 'model' && model !== undefined) {
    const message = 'names a model that nobody asks; say type: model as well, or remove it';
    return [atValue([...path, 'model'], message)];
  }
  return unknownModel(model, [...path, 'model'], models);
}

function decisionFindings(decision: Fields, path: Path, known: Known): readonly Finding[] {
  const hasModels = decision['models'] !== undefined;
  const findings: Finding[] = [];
  if (hasModels === (decision['block'] !== undefined)) {
    const message = hasModels
      ? 'has both models and block; a prompt is either sent on or refused, keep one'
      : 'does nothing; give it models to choose from, or block with a message for the client';
    findings.push(atValue(path, message));
  }
  const seen = new Set<unknown>();
  for (const [index, model] of list(decision['models']).entries()) {
    const at = [...path, 'models', index];
    findings.push(...unknownModel(model, at, known.models));
    if (seen.has(model)) findings.push(atValue(at, 'stands twice in this list; keep one'));
    seen.add(model);
  }
  for (const [index, model] of list(record(decision['fallback'])['models']).entries()) {
    findings.push(...unknownModel(model, [...path, 'fallback', 'models', index], known.models));
  }
  findings.push(...privateModels(decision['personal_data'], [...path, 'personal_data'], known.models));
  for (const [index, model] of list(record(decision['cascade'])['to']).entries()) {
    findings.push(...unknownModel(model, [...path, 'cascade', 'to', index], known.models));
  }
  return [...findings, ...ruleFindings(decision['when'], [...path, 'when'], known.signals)];
}

function ruleFindings(rule: unknown, path: Path, signals: readonly Named[], depth = 1): readonly Finding[] {
  if (depth > RULE_DEPTH_MAX) {
    return [atValue(path, `nests deeper than ${RULE_DEPTH_MAX} rules; flatten it`)];
  }
  if (typeof rule === 'string') return unknownSignal(rule, path, signals);
  const { all, any, not, signal } = record(rule);
  const inner = (value: unknown, ...steps: Path): readonly Finding[] =>
    ruleFindings(value, [...path, ...steps], signals, depth + 1);
  return [
    ...list(all).flatMap((part, index) => inner(part, 'all', index)),
    ...list(any).flatMap((part, index) => inner(part, 'any', index)),
    ...(not === undefined ? [] : inner(not, 'not')),
    ...(typeof signal === 'string' ? unknownSignal(signal, [...path, 'signal'], signals, false) : []),
  ];
}

function unknownSignal(
  name: string,
  path: Path,
  signals: readonly Named[],
  alwaysAllowed = true,
): readonly Finding[] {
  const names = signals.map((signal) => signal.name);
  if (names.includes(name) || (alwaysAllowed && name === ALWAYS)) return [];
  return [unknownName('signal', name, { path, names })];
}

/** Two models may share a pool (adapters on one server do), but then it is the same pool. */
function clusterFindings(models: unknown): readonly Finding[] {
  const known = new Map<string, Readonly<Record<'endpoints' | 'pool', string | undefined>>>();
  return list(models).flatMap((entry, index) => {
    const { name, cluster = name, endpoints, pool } = record(entry);
    if (typeof cluster !== 'string') return [];
    const path = ['models', index, record(entry)['cluster'] === undefined ? 'name' : 'cluster'];
    if (cluster === EXTPROC_CLUSTER) {
      return [atValue(path, `the cluster "${cluster}" is Sextant itself; choose another name`)];
    }
    const own = { endpoints: JSON.stringify(endpoints), pool: JSON.stringify(pool) };
    const others = known.get(cluster);
    if (others === undefined) known.set(cluster, own);
    const shown = `the cluster "${cluster.slice(0, 80)}"`;
    if (others !== undefined && others.endpoints !== own.endpoints) {
      const message = `${shown} has other endpoints above; give both models the same list`;
      return [atValue(['models', index, 'endpoints'], message)];
    }
    if (others === undefined || others.pool === own.pool) return [];
    const at = pool === undefined ? 'name' : 'pool';
    return [
      atValue(
        ['models', index, at],
        `${shown} is reached in another way above; give both models the same pool section`,
      ),
    ];
  });
}

/** An adapter is served by the pool of the model that it belongs to. */
function loraFindings(cards: unknown, models: readonly Named[]): readonly Finding[] {
  const clusterOf = ({ name, cluster = name }: Fields) => cluster;
  return list(cards).flatMap((entry, index) => {
    const card = record(entry);
    const { base } = record(card['lora']);
    const path = ['models', index, 'lora', 'base'];
    const found = list(cards)
      .map(record)
      .find(({ name }) => name === base);
    if (base === undefined || found === undefined) return unknownModel(base, path, models);
    if (found !== card && clusterOf(found) === clusterOf(card)) return [];
    const message =
      'is served by another pool; name the base of this pool, and give both models the same cluster';
    return [atValue(path, message)];
  });
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
