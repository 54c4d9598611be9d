import { openConfig } from './config-option.js';
import { OK, type Output } from './output.js';

/** `sextant check FILE`: says that a config file is good, or every problem in it with its place. */
export function check(file: string, output: Output): number {
  const { models, signals, decisions, routes } = openConfig(file);
  const counts = [
    `${models.length} models`,
    `${signals.length} signals`,
    `${decisions.length} decisions`,
    `${routes.length} routes`,
  ];
  output.out(`${file}: good (${counts.join(', ')})`);
  return OK;
}
