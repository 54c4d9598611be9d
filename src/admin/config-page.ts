import { isSecretPlace } from '../lib/secret.js';
import { shown } from './page.js';
import type { Route } from './routes.js';

/** What is in force. */
export interface EffectiveConfig {
  /** As the operator named it. */
  readonly file: string;
  /** In the spelling of the file, defaults filled in. */
  readonly effective: object;
}

const HIDDEN = '(hidden)';
/** The name tells nothing. */
const VARIABLE = /^\$\{\w+\}$/;

/** `GET /config`: the policy in force. Of secrets it says only that there are some. */
export function configPage(read: () => EffectiveConfig): Route {
  return {
    method: 'GET',
    path: '/config',
    page: () => {
      const { file, effective } = read();
      return shown({ file, config: withoutSecrets(effective) });
    },
  };
}

/** The same value with every secret in it replaced. */
export function withoutSecrets(value: unknown, path: readonly string[] = []): unknown {
  if (typeof value === 'string')
    return isSecretPlace(path) && !VARIABLE.test(value) ? HIDDEN : withoutUser(value);
  if (Array.isArray(value)) return value.map((each: unknown) => withoutSecrets(each, path));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner, [...path, name])]),
  );
}

/** An address may carry a name and a password before its host. */
function withoutUser(text: string): string {
  if (!text.includes('://') || !URL.canParse(text)) return text;
  const { username, password } = new URL(text);
  return username === '' && password === '' ? text : HIDDEN;
}
