import type { ByteSpan } from '../lib/bytes.js';
import type { HeaderField } from '../lib/headers.js';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../lib/json.js';
import { type Splice, splice } from '../openai/splice.js';
import type { ModelCard } from '../selection/model-card.js';
import { AI_GATEWAY_MODEL, GATEWAY_MODEL } from './headers.js';
import type { TryPlan } from './verdict.js';

/** A model, and what changes in the client's body for it. */
export interface Try {
  readonly model: ModelCard;
  readonly splices: readonly Splice[];
}

/**
 * Envoy keeps the body of the first try and hands it to every further one. So that the pass on the way to a pool needs
 * neither the policy nor the client's body, it gets the way from that body to its own.
 */
export function tryPlan(
  tries: readonly Try[],
  clientBody: Uint8Array,
  modelHeaders: readonly string[] = [],
): TryPlan {
  const first = tries[0]?.splices ?? [];
  const further = tries.slice(1).map(({ model, splices }) => ({
    pool: model.cluster,
    ...(modelHeaders.length > 0 ? { model: model.name } : {}),
    edits: editsBetween(first, splices, clientBody).map(({ span, text }) => [span.start, span.end, text]),
  }));
  return {
    models: tries.map(({ model }) => model.name),
    tries: JSON.stringify({
      bodyBytes: splicedBytes(clientBody, first),
      models: tries.map(({ model }) => model.name),
      further,
      named: modelHeaders,
    }),
  };
}

/** The length of the body that the splices make, without making it: prompts have megabytes. */
function splicedBytes(body: Uint8Array, splices: readonly Splice[]): number {
  return splices.reduce(
    (bytes, { span, text }) => bytes + Buffer.byteLength(text) - (span.end - span.start),
    body.length,
  );
}

/** What a further try sends in place of the first one's. */
export interface FurtherTry {
  readonly body: Uint8Array;
  /** Those that name the model: of the first try they named the first. */
  readonly setHeaders: readonly HeaderField[];
}

/**
 * What a further try sends, or undefined when what Envoy carried does not belong to this body, pool and try: then
 * nothing may be sent, since it would name another model than the one that is asked.
 *
 * @param attempt 2 is the first that the pass sees
 */
export function furtherTry(
  carried: Json | undefined,
  { attempt, pool, body }: { readonly attempt: number; readonly pool: string; readonly body: Uint8Array },
): FurtherTry | undefined {
  const said = planFor(carried, body);
  const mine = Array.isArray(said?.['further']) ? said['further'][attempt - 2] : undefined;
  return isJsonObject(mine) && mine['pool'] === pool ? asSaid(mine, said?.['named'], body) : undefined;
}

/**
 * What a try sends to a server of this model, or undefined as for `furtherTry`.
 *
 * @param model as the server's metadata say
 */
export function tryFor(
  carried: Json | undefined,
  { model, body }: { readonly model: string; readonly body: Uint8Array },
): FurtherTry | undefined {
  const said = planFor(carried, body);
  const place = Array.isArray(said?.['models']) ? said['models'].indexOf(model) : -1;
  if (place === 0) return { body, setHeaders: [] };
  const mine = place > 0 && Array.isArray(said?.['further']) ? said['further'][place - 1] : undefined;
  return isJsonObject(mine) ? asSaid(mine, said?.['named'], body) : undefined;
}

function planFor(carried: Json | undefined, body: Uint8Array): JsonObject | undefined {
  const said = typeof carried === 'string' ? parseJson(carried) : undefined;
  return isJsonObject(said) && said['bodyBytes'] === body.length ? said : undefined;
}

function asSaid(mine: JsonObject, named: Json | undefined, body: Uint8Array): FurtherTry | undefined {
  if (!Array.isArray(mine['edits'])) return undefined;
  const edits = (mine['edits'] as readonly Json[]).map(spliceOf);
  if (!edits.every((edit) => edit !== undefined)) return undefined;
  return { body: splice(body, edits), setHeaders: namesOf(named, mine['model']) };
}

function namesOf(headers: Json | undefined, model: Json | undefined): readonly HeaderField[] {
  if (!Array.isArray(headers) || typeof model !== 'string') return [];
  return headers.flatMap((name: Json) =>
    name === GATEWAY_MODEL || name === AI_GATEWAY_MODEL ? [{ name, value: model }] : [],
  );
}

/** What to change in the body that `first` made of the client's, so that it is the one that `own` makes of it. */
function editsBetween(
  first: readonly Splice[],
  own: readonly Splice[],
  clientBody: Uint8Array,
): readonly Splice[] {
  const edits: Splice[] = [];
  let moved = 0;
  for (const region of regionsOf([...first, ...own])) {
    const before = textIn(region, first, clientBody);
    const after = textIn(region, own, clientBody);
    const start = region.start + moved;
    const end = start + Buffer.byteLength(before);
    if (after !== before) edits.push({ span: { start, end }, text: after });
    moved += end - start - (region.end - region.start);
  }
  return edits;
}

/** The stretches of the client's body that any of them changes; what touches is one. */
function regionsOf(splices: readonly Splice[]): readonly ByteSpan[] {
  const regions: { start: number; end: number }[] = [];
  for (const { span } of splices.toSorted((a, b) => a.span.start - b.span.start)) {
    const last = regions.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else regions.push({ ...span });
  }
  return regions;
}

/** What stands in a stretch of the client's body once these changes are made. */
function textIn(region: ByteSpan, splices: readonly Splice[], clientBody: Uint8Array): string {
  const inside = splices
    .filter(({ span }) => span.start >= region.start && span.end <= region.end)
    .map(({ span, text }) => ({
      span: { start: span.start - region.start, end: span.end - region.start },
      text,
    }));
  return Buffer.from(splice(clientBody.subarray(region.start, region.end), inside)).toString('utf8');
}

function spliceOf(edit: Json): Splice | undefined {
  if (!Array.isArray(edit)) return undefined;
  const [start, end, text] = edit as readonly Json[];
  return typeof start === 'number' && typeof end === 'number' && typeof text === 'string'
    ? { span: { start, end }, text }
    : undefined;
}
