import type { Json, JsonObject } from '../lib/json.js';
import type { WireMetadata, WireStructRead, WireValueRead } from './proto.js';

/** A token's claims nest a level or two; what lies deeper is left out, so that the walk has an end. */
const DEPTH_MAX = 8;

/** Dynamic metadata as plain JSON, by namespace; undefined when Envoy forwards none. */
export function readMetadata(metadata: WireMetadata | undefined): JsonObject | undefined {
  const namespaces = Object.entries(metadata?.filter_metadata ?? {});
  if (namespaces.length === 0) return undefined;
  // `fromEntries` makes own properties of all names, `__proto__` among them.
  return Object.fromEntries(namespaces.map(([name, struct]) => [name, objectOf(struct, DEPTH_MAX)]));
}

function objectOf(struct: WireStructRead, depth: number): JsonObject {
  const fields = Object.entries(struct.fields ?? {});
  return Object.fromEntries(fields.map(([name, value]) => [name, jsonOf(value, depth - 1)]));
}

function jsonOf(value: WireValueRead, depth: number): Json {
  if (depth <= 0) return null;
  if (value.structValue !== undefined) return objectOf(value.structValue, depth);
  if (value.listValue !== undefined) {
    return (value.listValue.values ?? []).map((item) => jsonOf(item, depth - 1));
  }
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? null;
}
