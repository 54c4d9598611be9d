import { checkDecisions, type Finding as PolicyFinding } from '../decision/check.js';
import type { Decision, Rule } from '../decision/rule.js';
import { ok, type Result } from '../lib/result.js';
import type { Config } from './config.js';
import type { Overrides } from './document.js';
import { acceptText, readConfigText } from './load.js';
import { atValue, type ConfigProblem, inFileOrder } from './problems.js';
import { scalesOf } from './scales.js';
import type { SecretsAre } from './secret-source.js';

/** A config that may be served, and what its author cannot have meant by it, in the order of the file. */
export interface Inspected {
  readonly config: Config;
  /** Rules that never or always hold, and decisions that are never reached. */
  readonly faults: readonly ConfigProblem[];
  /** What is of no use, or could not be looked at. */
  readonly notes: readonly ConfigProblem[];
}

/** As `loadConfig`, and looks for faults in the policy itself, which may take a second where there are many rules. */
export function inspectConfig(
  path: string,
  overrides: Overrides = {},
  secretsAre?: SecretsAre,
): Result<Inspected, readonly ConfigProblem[]> {
  const text = readConfigText(path);
  return text.ok ? inspectText(text.value, path, overrides, secretsAre) : text;
}

/** The same of a text; `file` names it in messages. */
export function inspectText(
  text: string,
  file: string,
  overrides: Overrides = {},
  secretsAre?: SecretsAre,
): Result<Inspected, readonly ConfigProblem[]> {
  const accepted = acceptText(text, file, overrides, secretsAre);
  if (!accepted.ok) return accepted;
  const { config, document } = accepted.value;
  const findings = checkDecisions(config.decisions, scalesOf(config.signals));
  const placed = ({ decision, message }: PolicyFinding): ConfigProblem => {
    const index = config.decisions.findIndex(({ name }) => name === decision);
    return document.problem(atValue(['decisions', index, 'when'], message));
  };
  const [first, ...more] = findings.filter(({ kind }) => kind === 'unjudged');
  // In a large policy it is true of most decisions, and said once.
  const others = more.length === 0 ? '' : ` So it is with ${more.length} more.`;
  const unjudged =
    first === undefined ? [] : [placed({ ...first, message: `note: ${first.message}${others}` })];
  const unused = unusedSignals(config).map((index) =>
    document.problem(atValue(['signals', index, 'name'], UNUSED)),
  );
  return ok({
    config,
    faults: inFileOrder(findings.filter(({ kind }) => kind !== 'unjudged').map(placed)),
    notes: inFileOrder([...unjudged, ...unused]),
  });
}

const UNUSED = 'note: no rule looks at this signal; name it in the "when" of a decision, or remove it';

function unusedSignals({ signals, decisions }: Config): readonly number[] {
  const used = new Set(decisions.flatMap(({ when }: Decision) => namesIn(when)));
  return [...signals.keys()].filter((index) => !used.has(signals[index]?.name ?? ''));
}

function namesIn(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case 'always':
      return [];
    case 'signal':
      return [rule.signal];
    case 'not':
      return namesIn(rule.rule);
    case 'all':
    case 'any':
      return rule.rules.flatMap(namesIn);
  }
}
