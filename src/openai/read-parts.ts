import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import type { SextantError } from '../lib/sextant-error.js';
import { invalidField, missingField } from './field-errors.js';
import type { Modality } from './request.js';

/** Field that holds the text of each part type that is text; vLLM reads the Responses API's spellings as well. */
const TEXT_FIELDS: ReadonlyMap<string, string> = new Map([
  ['text', 'text'],
  ['input_text', 'text'],
  ['output_text', 'text'],
  ['refusal', 'refusal'],
]);

const MODALITIES: ReadonlyMap<string, Modality> = new Map([
  ['image_url', 'image'],
  ['input_image', 'image'],
  ['image_embeds', 'image'],
  ['input_audio', 'audio'],
  ['audio_url', 'audio'],
]);

export interface PartsText {
  readonly text: string;
  readonly modalities: readonly Modality[];
}

/** What one part adds: text, something else, or (an unknown type that has a `text`) both. */
interface PartText {
  readonly text: string | undefined;
  readonly modality: Modality | undefined;
}

/**
 * Joins the text of content parts with newlines and names what else they carry. A part of an unknown type counts as
 * a file and its `text`, if it has one, is still read: nothing that a model may see goes unseen here.
 */
export function readParts(parts: readonly Json[], param: string): Result<PartsText, SextantError> {
  const texts: string[] = [];
  const modalities = new Set<Modality>();
  for (const [index, part] of parts.entries()) {
    const read = readPart(part, `${param}[${index}]`);
    if (!read.ok) return read;
    if (read.value.text !== undefined) texts.push(read.value.text);
    if (read.value.modality !== undefined) modalities.add(read.value.modality);
  }
  return ok({ text: texts.join('\n'), modalities: [...modalities] });
}

function readPart(part: Json, param: string): Result<PartText, SextantError> {
  // vLLM takes a bare string for a text part.
  if (typeof part === 'string') return ok({ text: part, modality: undefined });
  if (!isJsonObject(part)) return err(invalidField(param, 'an object with `type`'));
  const type = part['type'];
  if (type === undefined || type === null) {
    return err(missingField(`${param}.type`, 'send "text", "image_url", "input_audio" or "file"'));
  }
  if (typeof type !== 'string') return err(invalidField(`${param}.type`, 'a string'));
  const field = TEXT_FIELDS.get(type);
  if (field === undefined) return ok(otherPart(type, part));
  const text = part[field];
  return typeof text === 'string'
    ? ok({ text, modality: undefined })
    : err(invalidField(`${param}.${field}`, 'a string'));
}

function otherPart(type: string, part: JsonObject): PartText {
  const text = part['text'];
  return { text: typeof text === 'string' ? text : undefined, modality: MODALITIES.get(type) ?? 'file' };
}
