import { type Inspected, inspectConfig } from '../config/inspect.js';
import { formatProblem, formatProblems } from '../config/problems.js';
import { configWarnings } from '../config/warnings.js';
import { CliError, FAILED, OK, type Output } from './output.js';

export interface CheckOptions {
  readonly json?: boolean;
  /** Whether the secrets that the file names may be missing here. */
  readonly withoutSecrets?: boolean;
}

/**
 * `sextant check FILE`: says that a config file is good, with what is likely not meant, or every problem in it. A policy
 * with a rule that can never hold, or a decision that is never reached, would be served; here it is a problem.
 */
export function check(file: string, options: CheckOptions, output: Output): number {
  const inspected = inspectConfig(file, {}, options.withoutSecrets === true ? 'assumed' : 'needed');
  if (options.json === true) {
    const problems = inspected.ok ? inspected.value.faults : inspected.error;
    const found = inspected.ok ? foundIn(inspected.value) : { warnings: [], notes: [] };
    output.out(JSON.stringify({ file, good: problems.length === 0, problems, ...found }));
    return problems.length === 0 ? OK : FAILED;
  }
  if (!inspected.ok) throw new CliError(formatProblems(inspected.error));
  const { counts, warnings, notes } = foundIn(inspected.value);
  const { faults } = inspected.value;
  for (const warning of warnings) output.err(`${file}: warning: ${warning}`);
  for (const note of notes) output.err(formatProblem(note));
  if (faults.length > 0) throw new CliError(formatProblems(faults));
  const counted = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  output.out(`${file}: good (${counted.join(', ')})`);
  return OK;
}

function foundIn({ config, notes }: Inspected) {
  const { models, signals, decisions, routes } = config;
  return {
    counts: {
      models: models.length,
      signals: signals.length,
      decisions: decisions.length,
      routes: routes.length,
    },
    warnings: configWarnings(config),
    notes,
  };
}
