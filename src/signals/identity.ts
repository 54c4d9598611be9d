import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { memberOf } from '../lib/own-property.js';
import type { PromptView, Signal, SignalValue } from './contract.js';
import type { IdentityKind } from './labels.js';

export interface IdentityOptions {
  readonly name: string;
  readonly of: IdentityKind;
  /** Compared letter by letter. */
  readonly anyOf: readonly string[];
  readonly source: IdentitySource;
}

/** Where somebody whom Envoy trusts says who is calling; a claim goes before a header. */
export interface IdentitySource {
  /** Lower case. */
  readonly header?: string | undefined;
  readonly claim?: ClaimPath | undefined;
}

/** A claim of a token that a filter verified, in the filter's dynamic metadata. */
export interface ClaimPath {
  readonly namespace: string;
  readonly payload: string;
  /** Steps into the token's claims. */
  readonly path: readonly string[];
}

/** More names than this are not compared: no directory puts so many groups into a token. */
const NAMES_MAX = 1000;

/**
 * Whether the caller is one of these, by what a trusted filter says: a header, of one name or several with commas
 * between, or a claim, which is a name, a number or a list of them. Score: 1 when matched, else 0. Unknown where nobody
 * said who is calling: without the header, and without a verified token.
 */
export function identitySignal({ name, of, anyOf, source }: IdentityOptions): Signal {
  const wanted = new Set(anyOf);
  return {
    name,
    cost: 'rule',
    outsideKey: true,
    evaluate(view): SignalValue {
      const names = namesOf(view, source);
      if (names === undefined) return { state: 'unknown', reason: `nobody says which ${of} is calling` };
      // Who somebody is stays out of logs: that one of the policy's own names matched is all that is said.
      const found = names.find((each) => wanted.has(each));
      return {
        state: 'known',
        matched: found !== undefined,
        score: found === undefined ? 0 : 1,
        detail:
          found === undefined
            ? `another ${of}, or none`
            : `the ${of} is ${JSON.stringify(found.slice(0, 60))}`,
      };
    },
  };
}

/** The names that a trusted filter gives; undefined where it gives none. */
export function namesOf(
  view: Pick<PromptView, 'headers' | 'metadata'>,
  { header, claim }: IdentitySource,
): readonly string[] | undefined {
  const claimed = claim === undefined ? undefined : claimedNames(view.metadata, claim);
  if (claimed !== undefined) return claimed;
  const said = header === undefined ? undefined : view.headers.get(header);
  if (said === undefined || said.trim() === '') return undefined;
  return said
    .split(',', NAMES_MAX)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** Undefined without a verified token; a token that lacks the claim names nobody. */
function claimedNames(
  metadata: JsonObject | undefined,
  { namespace, payload, path }: ClaimPath,
): readonly string[] | undefined {
  const claims = memberOf(memberOf(metadata, namespace), payload);
  if (!isJsonObject(claims)) return undefined;
  let value: Json | undefined = claims;
  for (const step of path) value = memberOf(value, step);
  const values: readonly Json[] = Array.isArray(value) ? value.slice(0, NAMES_MAX) : [value ?? null];
  return values.filter((each) => typeof each === 'string' || typeof each === 'number').map(String);
}
