import { mediaTypeOf } from '../lib/headers.js';
import type { Json } from '../lib/json.js';
import { answerFrom, type CompletionApi, holdsError } from './answer.js';
import type { Completion, Usage } from './completion.js';
import { type Growing, isObject } from './grow.js';
import { createChunkMerger, type MergeFault } from './merge.js';
import { scanBody } from './scan.js';
import { createSseReader, type SseEvent } from './sse.js';
import { createUsageTail } from './usage.js';

/**
 * Why there is no whole answer. `cut`: it ended before its end. `too-large`: above `bytesMax`. `malformed`: not the
 * JSON or stream it claims to be. `not-an-answer`: an error, or something else than a completion. `not-kept`: nobody
 * asked for it.
 */
export type PartialReason = 'cut' | 'not-kept' | MergeFault;

export interface Collected {
  /** Token usage, whether or not the answer is whole; undefined when the upstream said none. */
  readonly usage: Usage | undefined;
  readonly outcome:
    | { readonly kind: 'whole'; readonly completion: Completion }
    | { readonly kind: 'partial'; readonly reason: PartialReason };
}

export interface CollectorOptions {
  readonly api: CompletionApi;
  /** The answer's `content-type`, which tells a stream from one object. */
  readonly contentType: string;
  /** A larger answer is not kept. Bytes: of the body for JSON, of the merged answer for a stream. */
  readonly bytesMax: number;
  /** False when only the usage is wanted, which costs no parsing of the answer. */
  readonly keep: boolean;
}

/** Reads an answer as it passes. It never throws, since what it reads has already gone to the client. */
export interface AnswerCollector {
  /** Takes the next bytes, split anywhere; they may be kept and must not change afterwards. */
  push(piece: Uint8Array): void;
  /** `endOfStream`: whether the answer ended by itself. A cut answer is never whole. */
  finish(endOfStream: boolean): Collected;
}

/** Keeps one shape of answer. Both methods give the fault that makes the answer partial, if there is one. */
interface Keeper {
  push(piece: Uint8Array): PartialReason | undefined;
  finish(): Completion | PartialReason;
}

export function createAnswerCollector(options: CollectorOptions): AnswerCollector {
  const tail = createUsageTail();
  let keeper = options.keep ? keeperFor(options) : undefined;
  let fault: PartialReason | undefined = options.keep ? 'not-an-answer' : 'not-kept';
  if (keeper !== undefined) fault = undefined;
  return {
    push(piece) {
      tail.push(piece);
      fault ??= guarded(() => keeper?.push(piece));
      // What was kept so far is of no more use.
      if (fault !== undefined) keeper = undefined;
    },
    finish(endOfStream) {
      if (!endOfStream) fault ??= 'cut';
      const end = fault ?? guarded(() => keeper?.finish()) ?? 'malformed';
      if (typeof end === 'string') return { usage: tail.usage(), outcome: { kind: 'partial', reason: end } };
      return { usage: end.usage, outcome: { kind: 'whole', completion: end } };
    },
  };
}

/** No input is known to throw; if one does, the answer is not kept and the client does not notice. */
function guarded<T>(step: () => T): T | 'malformed' {
  try {
    return step();
  } catch {
    return 'malformed';
  }
}

function keeperFor(options: CollectorOptions): Keeper | undefined {
  const mediaType = mediaTypeOf(options.contentType);
  if (mediaType === 'text/event-stream') return streamKeeper(options);
  if (mediaType === 'application/json') return objectKeeper(options);
  return undefined;
}

function objectKeeper({ api, bytesMax }: CollectorOptions): Keeper {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  return {
    push(piece) {
      bytes += piece.length;
      if (bytes > bytesMax) return 'too-large';
      pieces.push(piece);
      return undefined;
    },
    finish() {
      // An answer goes through the same checks as a request: it will be parsed and written again.
      const scanned = scanBody(Buffer.concat(pieces));
      if (!scanned.ok) return 'malformed';
      return answerFrom(api, JSON.parse(scanned.value.text) as Json) ?? 'not-an-answer';
    },
  };
}

function streamKeeper({ api, bytesMax }: CollectorOptions): Keeper {
  const merger = createChunkMerger(api, bytesMax);
  let done = false;
  let fault: PartialReason | undefined;
  const reader = createSseReader({ eventCharsMax: bytesMax, onEvent });
  return {
    push: (piece) => reader.push(piece) ?? fault,
    finish() {
      const end = reader.finish() ?? fault;
      if (end !== undefined) return end;
      return done ? merger.result() : 'cut';
    },
  };

  function onEvent({ event, data }: SseEvent): void {
    // Clients stop reading at [DONE], so what follows is no part of the answer.
    if (done || fault !== undefined) return;
    if (data.trim() === '[DONE]') done = true;
    else fault = event === 'error' ? 'not-an-answer' : addChunk(data);
  }

  function addChunk(data: string): PartialReason | undefined {
    const chunk = guarded(() => JSON.parse(data) as Growing);
    if (isObject(chunk) && holdsError(chunk)) return 'not-an-answer';
    return merger.add(chunk);
  }
}
