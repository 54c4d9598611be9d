import { inspectConfig } from '../config/inspect.js';
import { formatProblem } from '../config/problems.js';
import { configWarnings } from '../config/warnings.js';
import { CliError, OK, type Output } from './output.js';

/**
 * `sextant check FILE`: says that a config file is good, with what is likely not meant, or every problem in it. A policy
 * with a rule that can never hold, or a decision that is never reached, would be served; here it is a problem.
 */
export function check(file: string, output: Output): number {
  const inspected = inspectConfig(file);
  if (!inspected.ok) throw new CliError(inspected.error.map(formatProblem).join('\n'));
  const { config, faults, notes } = inspected.value;
  for (const warning of configWarnings(config)) output.err(`${file}: warning: ${warning}`);
  for (const note of notes) output.err(formatProblem(note));
  if (faults.length > 0) throw new CliError(faults.map(formatProblem).join('\n'));
  const { models, signals, decisions, routes } = config;
  const counts = [
    `${models.length} models`,
    `${signals.length} signals`,
    `${decisions.length} decisions`,
    `${routes.length} routes`,
  ];
  output.out(`${file}: good (${counts.join(', ')})`);
  return OK;
}
