import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Json, JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import { vectorOf, vectorText } from '../lib/vectors.js';
import type { Completion, Usage } from '../openai/completion.js';
import type { CacheEntry } from './contract.js';
import { entryBytes } from './weigh.js';

/** What an export belongs to: under another secret or encoder its partitions are nobody's. */
export interface ExportOrigin {
  readonly secret: Uint8Array;
  readonly encoderHash: string;
}

/** An entry as it came out of an export. */
export interface ImportedEntry {
  readonly entry: CacheEntry;
  /** True when its vector was left out of the export, so that `ask` is to be encoded again. */
  readonly lacksVector: boolean;
}

const FORMAT = 1;

/** The first line of an export. */
export function exportHeader(origin: ExportOrigin): JsonObject {
  return { sextant_cache: FORMAT, encoder: origin.encoderHash, secret: fingerprintOf(origin.secret) };
}

/** The last line; an export without it was cut. */
export function exportFooter(entries: number): JsonObject {
  return { sextant_cache_end: FORMAT, entries };
}

/** The number of entries that a last line tells, or undefined for any other line. */
export function entriesOfFooter(line: JsonObject): number | undefined {
  const entries = line['sextant_cache_end'] === FORMAT ? line['entries'] : undefined;
  return typeof entries === 'number' ? entries : undefined;
}

/** Why entries under this first line cannot be taken here, for the operator; undefined when they can. */
export function headerFlaw(line: JsonObject, origin: ExportOrigin): string | undefined {
  if (line['sextant_cache'] === undefined) return 'The first line is not that of an export; send it along.';
  if (line['sextant_cache'] !== FORMAT) return `The export has another format than ${FORMAT}; export again.`;
  if (line['secret'] !== fingerprintOf(origin.secret)) {
    return 'The export was made under another secret, so no question would find its answers; give both the same secret.';
  }
  if (line['encoder'] === origin.encoderHash) return undefined;
  return 'The export was made with another encoder, so no question would find its answers; warm the cache instead.';
}

/** One entry as a line of an export. */
export function exportedEntry(entry: CacheEntry, origin: ExportOrigin, withVector: boolean): JsonObject {
  const { completion, vector } = entry;
  const fields: Exported = {
    id: entry.id,
    partition: entry.partition,
    tenant: entry.tenant,
    exact_key: entry.exactKey,
    ask: entry.ask,
    has_vector: vector !== undefined,
    vector: vector === undefined || !withVector ? null : vectorText(vector),
    api: completion.api,
    answer: completion.object,
    usage: usageFields(completion.usage),
    finish_reasons: completion.finishReasons,
    model: entry.model,
    decision: entry.decision,
    created_at_ms: entry.createdAtMs,
    expires_at_ms: entry.expiresAtMs,
    pinned: entry.pinned,
  };
  return { ...fields, seal: sealOf(fields, origin) };
}

/**
 * Reads a line of an export. Each line carries a seal under the secret: an entry is an answer that a guard let through
 * and a partition that a caller's identity chose, and neither could be told of a line that somebody wrote.
 *
 * The error says what is wrong, for the operator, without any of the text.
 */
export function importedEntry(line: JsonObject, origin: ExportOrigin): Result<ImportedEntry, string> {
  const { seal, ...fields } = line;
  if (typeof seal !== 'string') return err('The line is not an entry of an export.');
  if (!isEqual(seal, sealOf(fields, origin))) {
    return err('The entry was changed after it was exported, or comes from another export.');
  }
  // Nobody without the secret can write a seal, so what is under a good one has the shape that we gave it.
  const exported = fields as unknown as Exported;
  const vector = exported.vector === null ? undefined : vectorOf(exported.vector);
  const completion: Completion = {
    api: exported.api,
    object: exported.answer,
    usage: usageOf(exported.usage),
    finishReasons: exported.finish_reasons,
  };
  const { id, partition, tenant, ask, model, decision, pinned } = exported;
  const entry: CacheEntry = {
    ...{ id, partition, tenant, ask, vector, completion, model, decision, pinned },
    exactKey: exported.exact_key,
    createdAtMs: exported.created_at_ms,
    expiresAtMs: exported.expires_at_ms,
    bytes: entryBytes({ ask, vector, completion }),
  };
  return ok({ entry, lacksVector: exported.has_vector && vector === undefined });
}

/** The entry with the vector that it lacked. */
export function withVector(entry: CacheEntry, vector: Float32Array): CacheEntry {
  return { ...entry, vector, bytes: entryBytes({ ask: entry.ask, vector, completion: entry.completion }) };
}

interface UsageFields extends JsonObject {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

interface Exported extends JsonObject {
  readonly id: string;
  readonly partition: string;
  readonly tenant: string;
  readonly exact_key: string;
  readonly ask: string;
  readonly has_vector: boolean;
  readonly vector: string | null;
  readonly api: Completion['api'];
  readonly answer: JsonObject;
  readonly usage: UsageFields | null;
  readonly finish_reasons: readonly (string | null)[];
  readonly model: string;
  readonly decision: string;
  readonly created_at_ms: number;
  readonly expires_at_ms: number;
  readonly pinned: boolean;
}

function usageFields(usage: Usage | undefined): UsageFields | null {
  if (usage === undefined) return null;
  return { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens };
}

function usageOf(fields: UsageFields | null): Usage | undefined {
  if (fields === null) return undefined;
  return { promptTokens: fields.prompt_tokens, completionTokens: fields.completion_tokens };
}

/** Tells two secrets apart and says nothing else of them. */
function fingerprintOf(secret: Uint8Array): string {
  return createHmac('sha256', secret).update('sextant secret fingerprint 1').digest('hex').slice(0, 16);
}

/** The text of a parsed line is that of the line before it was sealed: the order of keys outlasts the parser. */
function sealOf(fields: { readonly [key: string]: Json }, { secret, encoderHash }: ExportOrigin): string {
  return createHmac('sha256', secret)
    .update(`sextant export ${FORMAT}\n${encoderHash}\n`)
    .update(JSON.stringify(fields))
    .digest('base64url');
}

function isEqual(one: string, other: string): boolean {
  const [ours, theirs] = [Buffer.from(one), Buffer.from(other)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
