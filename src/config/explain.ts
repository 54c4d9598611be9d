import type { z } from 'zod';
import { isSecretPlace } from '../lib/secret.js';
import { closestName } from './names.js';
import { atKey, atValue, type Finding, type Path, printable } from './problems.js';

type Issue = z.core.$ZodIssue;

/** What the schema found, said for the person who wrote the file: what is wrong; what to do. */
export function explainIssue(issue: Issue, root: unknown, above: Path = []): readonly Finding[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  const found = shownAt(path, valueAt(root, path));
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    return issue.keys.map((key) => atKey([...path, key], unknownKey(key, known)));
  }
  if (issue.code === 'invalid_union' && issue.discriminator === undefined) {
    return unionFindings(issue.errors, { found, root, path });
  }
  return [atValue(path, message(issue, found))];
}

function message(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (found === undefined) return `is missing; add it with ${article(issue.expected)}`;
      if (found === null)
        return `is empty; give it ${article(issue.expected)}, or remove the key where it has a default`;
      return `must be ${article(issue.expected)} but is ${shown(found)}; write ${article(issue.expected)}`;
    case 'invalid_value':
      return oneOf(found, issue.values.map(String));
    case 'invalid_union':
      return found === undefined || found === null
        ? `lacks its "${issue.discriminator}"; choose one of ${choices(issue).join(', ')}`
        : oneOf(found, choices(issue));
    case 'too_small':
      return tooSmall(issue, found);
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin)}${but(found)}; make it smaller`;
    default:
      return `${issue.message}${was(found)}`;
  }
}

interface Union {
  readonly found: unknown;
  readonly root: unknown;
  readonly path: Path;
}

/**
 * Of the branches that did not fit, the one that was meant is the one whose kind of value stands there. The only
 * unions of this schema are rules: a name or an object.
 */
function unionFindings(errors: readonly (readonly Issue[])[], union: Union): readonly Finding[] {
  const { found, root, path } = union;
  const meant = errors.find(
    (issues) => !issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0),
  );
  if (meant !== undefined) return meant.flatMap((issue) => explainIssue(issue, root, path));
  const what = found === undefined ? 'is missing' : `is ${shown(found)}`;
  return [atValue(path, `${what}; write a signal's name, or a rule with all, any, not or signal`)];
}

function unknownKey(key: string, known: readonly string[]): string {
  const closest = closestName(key, known);
  if (closest !== undefined) return `unknown key ${printable(key)}; did you mean "${closest}"?`;
  return `unknown key ${printable(key)}; the keys here are ${known.join(', ')}`;
}

function oneOf(found: unknown, values: readonly string[]): string {
  const all = values.join(', ');
  if (found === undefined) return `is missing; choose one of ${all}`;
  const closest = typeof found === 'string' ? closestName(found, values) : undefined;
  if (closest === undefined) return `is ${shown(found)}, which is no choice; take one of ${all}`;
  return `is ${shown(found)}, which is none of ${all}; did you mean "${closest}"?`;
}

function choices(issue: z.core.$ZodIssueInvalidUnion): readonly string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function tooSmall(issue: z.core.$ZodIssueTooSmall, found: unknown): string {
  if (issue.origin === 'array')
    return 'is an empty list; write at least one entry, or remove the key where it has a default';
  if (issue.origin === 'string') return 'is an empty text; write something into it';
  return `must be at least ${issue.minimum}${but(found)}; make it larger`;
}

function unit(origin: string): string {
  if (origin === 'array') return ' entries';
  return origin === 'string' ? ' characters' : '';
}

/** Long values are not repeated: the place in the file is said, and a list says nothing at a glance. */
function but(found: unknown): string {
  return typeof found === 'number' ? ` but is ${found}` : '';
}

function was(found: unknown): string {
  return typeof found === 'string' || typeof found === 'number' ? ` (found ${shown(found)})` : '';
}

/** Whatever stands where a secret belongs may be one, a number too: it is never repeated. */
function shownAt(path: Path, found: unknown): unknown {
  return isSecretPlace(path) && found !== undefined && found !== null ? HIDDEN : found;
}

const HIDDEN = Symbol('a value that is not shown');

function shown(found: unknown): string {
  if (found === HIDDEN) return 'something else';
  if (found === null) return 'empty';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'an object of keys';
  return typeof found === 'string' ? `the text ${JSON.stringify(found.slice(0, 40))}` : String(found);
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    object: 'an object of keys',
    array: 'a list',
    string: 'a text',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  };
  return words[expected] ?? expected;
}

/** What stands in the file, before defaults. */
function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, step)
      ? (value as Readonly<Record<string | number, unknown>>)[step]
      : undefined;
  }
  return value;
}
