import type { JsonObject } from '../lib/json.js';
import { answerFrom, type CompletionApi } from './answer.js';
import type { Completion } from './completion.js';
import { Grower, type Growing, type GrowingObject, isObject, weigh } from './grow.js';

export type MergeFault = 'too-large' | 'malformed' | 'not-an-answer';

/** Puts the chunks of a stream together into one answer. */
export interface ChunkMerger {
  /** Adds a chunk, which belongs to the merger from then on. Gives the fault that ends the merge, if there is one. */
  add(chunk: Growing): MergeFault | undefined;
  /** The answer so far, as the upstream would have sent it in one piece. */
  result(): Completion | MergeFault;
}

interface Draft {
  readonly fields: GrowingObject;
  /** What the deltas made; undefined until there was one. */
  message: GrowingObject | undefined;
}

/** OpenAI's own limit for `n`. */
const CHOICES_MAX = 128;

const WHOLE_OBJECT = { chat: 'chat.completion', completions: 'text_completion' } as const;

export function createChunkMerger(api: CompletionApi, bytesMax: number): ChunkMerger {
  const grower = new Grower();
  const head: GrowingObject = {};
  const drafts = new Map<number, Draft>();
  let usage: GrowingObject | undefined;
  return { add, result };

  function add(chunk: Growing): MergeFault | undefined {
    if (!isObject(chunk)) return 'malformed';
    if (weigh(chunk) === Number.POSITIVE_INFINITY) return 'too-large';
    const { choices, usage: said, object: _object, ...rest } = chunk;
    // The last word counts: some upstreams say the usage so far in every chunk.
    if (isObject(said)) usage = said;
    for (const [key, value] of Object.entries(rest)) grower.keepFirst(head, key, value);
    if (choices !== undefined && choices !== null) {
      if (!Array.isArray(choices)) return 'malformed';
      for (const choice of choices) if (!addChoice(choice)) return 'malformed';
    }
    return grower.bytes > bytesMax ? 'too-large' : undefined;
  }

  function addChoice(choice: Growing): boolean {
    if (!isObject(choice)) return false;
    const { index, delta, text, message: _message, ...fields } = choice;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= CHOICES_MAX)
      return false;
    const draft = drafts.get(index) ?? { fields: {}, message: undefined };
    drafts.set(index, draft);
    grower.replace(draft.fields, fields);
    // A text completion has no message around its text; one is made here so that both grow alike.
    const piece = api === 'chat' ? delta : text === undefined ? undefined : { text };
    if (isObject(piece)) {
      draft.message ??= {};
      grower.append(draft.message, piece);
    }
    return true;
  }

  function result(): Completion | MergeFault {
    if (grower.bytes + weigh(usage ?? null) > bytesMax) return 'too-large';
    const choices = [...drafts.entries()].sort(([left], [right]) => left - right).map(toChoice);
    const { id = null, ...others } = head;
    const object = {
      id,
      object: WHOLE_OBJECT[api],
      ...others,
      choices,
      ...(usage === undefined ? {} : { usage }),
    };
    return answerFrom(api, object as JsonObject) ?? 'not-an-answer';
  }

  function toChoice([index, { fields, message }]: [number, Draft]): GrowingObject {
    if (message === undefined) return { index, ...fields };
    return api === 'chat'
      ? { index, message: withoutDeltaIndex(message), ...fields }
      : { index, ...message, ...fields };
  }
}

/** `index` orders the deltas of tool calls; a whole message has the calls in order and no such field. */
function withoutDeltaIndex(message: GrowingObject): GrowingObject {
  const calls = message['tool_calls'];
  if (!Array.isArray(calls)) return message;
  const ordered = calls.filter(isObject).sort((left, right) => place(left) - place(right));
  return { ...message, tool_calls: ordered.map(({ index: _index, ...call }) => call) };
}

function place(call: GrowingObject): number {
  return typeof call['index'] === 'number' ? call['index'] : 0;
}
