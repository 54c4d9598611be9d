import { isJsonObject, type Json, type JsonObject, parseJson } from '../lib/json.js';
import { memberOf } from '../lib/own-property.js';
import { IDENTIFYING } from './grow.js';
import { edited, forEachString, type JsonPath, readLiteral, type TextEdit } from './json-strings.js';
import type { Placeholders } from './placeholders.js';
import { TextRestorer } from './restore-text.js';
import { escaped, jsonMembers, type Restoring } from './restoring.js';

/** A chunk of a stream, restored. */
export interface RestoredChunk {
  /** The JSON as it goes on. */
  readonly payload: string;
  /** Chunks that go before it: texts that end here, and that were held back. */
  readonly before: readonly JsonObject[];
}

/** One text that grows from chunk to chunk: a field of one choice, or the arguments of one call. */
interface Growing {
  readonly restorer: TextRestorer;
  readonly choice: number;
  /** Makes the choice of a chunk that adds to this text. */
  readonly adding: (text: string) => JsonObject;
}

/** More than any answer has; what lies beyond goes on as it is. */
const TEXTS_MAX = 4096;

/** Puts values back into the chunks of a stream, where a placeholder may be spread over several. */
export class ChunkRestorer {
  readonly #placeholders: Placeholders;
  readonly #jsonMembers: ReadonlySet<string>;
  readonly #texts = new Map<string, Growing>();
  /** What chunks have in common. */
  #frame: JsonObject = {};

  constructor({ placeholders, contentIsJson }: Restoring) {
    this.#placeholders = placeholders;
    this.#jsonMembers = jsonMembers(contentIsJson);
  }

  /** Undefined where nothing changes. */
  restore(payload: string): RestoredChunk | undefined {
    const chunk = parseJson(payload);
    const choices = isJsonObject(chunk) ? chunk['choices'] : undefined;
    if (!isJsonObject(chunk) || !Array.isArray(choices)) return undefined;
    const { choices: _choices, usage: _usage, ...frame } = chunk;
    this.#frame = frame;
    const ending = new Set((choices as readonly Json[]).filter(isFinished).map(indexOf));
    const edits: TextEdit[] = [];
    forEachString(payload, (path, literal) => {
      const growing = this.#textAt(path, choices);
      if (growing === undefined) return;
      const { text } = readLiteral(payload, literal);
      const { restorer, choice } = growing;
      const after = restorer.push(text) + (ending.has(choice) ? restorer.flush() : '');
      if (after !== text) edits.push({ ...literal, text: JSON.stringify(after) });
    });
    const before = ending.size === 0 ? [] : this.#flushed(({ choice }) => ending.has(choice));
    return edits.length + before.length === 0 ? undefined : { payload: edited(payload, edits), before };
  }

  /** What is held back of all texts: the stream is over. */
  finish(): readonly JsonObject[] {
    return this.#flushed(() => true);
  }

  #flushed(isOver: (growing: Growing) => boolean): readonly JsonObject[] {
    const chunks: JsonObject[] = [];
    for (const growing of this.#texts.values()) {
      if (!growing.restorer.holds || !isOver(growing)) continue;
      chunks.push({ ...this.#frame, choices: [growing.adding(growing.restorer.flush())] });
    }
    return chunks;
  }

  /** The text that the string at a path is a piece of. */
  #textAt([root, place, ...path]: JsonPath, choices: readonly Json[]): Growing | undefined {
    if (root !== 'choices') return undefined;
    const choice = choices[Number(place)];
    const index = indexOf(choice);
    const [part, field] = path;
    if (part === 'text' && path.length === 1) {
      return this.#text(`${index}`, { choice: index, member: 'text', adding: (text) => ({ index, text }) });
    }
    if (part !== 'delta' || IDENTIFYING.has(field)) return undefined;
    const adding = (delta: JsonObject) => ({ index, delta });
    if (path.length === 2 && typeof field === 'string') {
      return this.#text(`${index}/${field}`, {
        choice: index,
        member: field,
        adding: (text) => adding({ [field]: text }),
      });
    }
    return this.#argumentsAt(path.slice(1), { choice, index, adding });
  }

  #argumentsAt(
    path: JsonPath,
    of: { readonly choice: Json | undefined; readonly index: number; adding(delta: JsonObject): JsonObject },
  ): Growing | undefined {
    const { index, adding } = of;
    const [field, place, kind, member = ''] = path;
    if (field === 'function_call' && place === 'arguments') {
      return this.#text(`${index}/function_call`, {
        choice: index,
        member: 'arguments',
        adding: (text) => adding({ function_call: { arguments: text } }),
      });
    }
    const isText =
      (kind === 'function' && member === 'arguments') || (kind === 'custom' && member === 'input');
    if (field !== 'tool_calls' || !isText) return undefined;
    const call = callIndex(of.choice, Number(place));
    return this.#text(`${index}/tool_calls/${call}`, {
      choice: index,
      member: String(member),
      adding: (text) => adding({ tool_calls: [{ index: call, [kind]: { [member]: text } }] }),
    });
  }

  #text(
    name: string,
    { choice, member, adding }: Omit<Growing, 'restorer'> & { readonly member: string },
  ): Growing | undefined {
    const known = this.#texts.get(name);
    if (known !== undefined || this.#texts.size >= TEXTS_MAX) return known;
    const dress = this.#jsonMembers.has(member) ? escaped : (value: string) => value;
    const restorer = new TextRestorer(this.#placeholders, dress);
    const growing = {
      restorer,
      choice,
      adding: (text: string) => ({ ...adding(text), finish_reason: null }),
    };
    this.#texts.set(name, growing);
    return growing;
  }
}

function isFinished(choice: Json): boolean {
  const reason = memberOf(choice, 'finish_reason');
  return reason !== undefined && reason !== null;
}

function indexOf(choice: Json | undefined): number {
  const index = memberOf(choice, 'index');
  return typeof index === 'number' ? index : 0;
}

/** Servers that call one tool at a time may leave the index out. */
function callIndex(choice: Json | undefined, place: number): number {
  const delta = isJsonObject(choice) ? choice['delta'] : undefined;
  const calls = isJsonObject(delta) ? delta['tool_calls'] : undefined;
  const call = Array.isArray(calls) ? (calls as readonly Json[])[place] : undefined;
  const index = memberOf(call, 'index');
  return typeof index === 'number' ? index : place;
}
