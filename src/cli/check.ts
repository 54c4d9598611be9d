import { configWarnings } from '../config/warnings.js';
import { openConfig } from './config-option.js';
import { OK, type Output } from './output.js';

/** `sextant check FILE`: says that a config file is good, with what is likely not meant, or every problem in it. */
export function check(file: string, output: Output): number {
  const config = openConfig(file);
  const { models, signals, decisions, routes } = config;
  const counts = [
    `${models.length} models`,
    `${signals.length} signals`,
    `${decisions.length} decisions`,
    `${routes.length} routes`,
  ];
  for (const warning of configWarnings(config)) output.err(`${file}: warning: ${warning}`);
  output.out(`${file}: good (${counts.join(', ')})`);
  return OK;
}
