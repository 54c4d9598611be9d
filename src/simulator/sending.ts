import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Work } from './activity.js';
import { errorBody, type UpstreamError } from './errors.js';
import { play, type Step, type Timing } from './pace.js';

/** How a simulator answers: it is made whole, then sent at its pace. */
export type Reply =
  | { readonly kind: 'error'; readonly error: UpstreamError }
  | ({ readonly kind: 'json'; readonly body: string; readonly delayMs: number } & Spoiling & Working)
  | ({ readonly kind: 'stream'; readonly steps: readonly Step[]; readonly timing: Timing } & Spoiling &
      Working)
  | { readonly kind: 'text'; readonly contentType: string; readonly body: string }
  /** Never answers. */
  | ({ readonly kind: 'hang' } & Working)
  /** Closes the connection without a word. */
  | { readonly kind: 'reset' };

/** What is done to a good answer on its way out. */
interface Spoiling {
  readonly gzip: boolean;
  /** Closes the connection in the middle: after half of a JSON body, or after the last step of a stream. */
  readonly cut: boolean;
}

interface Working {
  /** What the engine has to do for it; absent where it is not asked. */
  readonly work?: Work;
}

/** Said on every answer, so that nobody takes a simulator for a model server. */
const SERVER = 'sextant-upstream-simulator';
const RETRY_AFTER_SECONDS = '1';
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function jsonReply(body: string): Reply {
  return { kind: 'json', body, delayMs: 0, gzip: false, cut: false };
}

export function errorReply(error: UpstreamError): Reply {
  return { kind: 'error', error };
}

/** Sends a reply. Timers end with the connection. */
export function send(response: ServerResponse, simulator: string, reply: Reply): void {
  switch (reply.kind) {
    case 'error':
      sendError(response, simulator, reply.error);
      break;
    case 'json':
      sendJson(response, simulator, reply);
      break;
    case 'stream':
      sendStream(response, simulator, reply);
      break;
    case 'text':
      response.writeHead(200, head(simulator, reply.contentType, []));
      response.end(reply.body);
      break;
    case 'reset':
      response.socket?.destroy();
      break;
    case 'hang':
      break;
  }
}

function sendError(response: ServerResponse, simulator: string, error: UpstreamError): void {
  const body = errorBody(error);
  const fields = ['content-length', String(Buffer.byteLength(body))];
  if (error.status === 429) fields.push('retry-after', RETRY_AFTER_SECONDS);
  response.writeHead(error.status, head(simulator, 'application/json', fields));
  response.end(body);
}

function sendJson(response: ServerResponse, simulator: string, reply: Reply & { kind: 'json' }): void {
  const sendNow = (): void => {
    const data = reply.gzip ? gzipSync(reply.body) : reply.body;
    const fields = ['content-length', String(Buffer.byteLength(data)), ...encoding(reply)];
    response.writeHead(200, head(simulator, 'application/json', fields));
    if (reply.cut) cutAfter(response, reply.body.slice(0, reply.body.length / 2));
    else response.end(data);
  };
  if (reply.delayMs === 0) {
    sendNow();
    return;
  }
  const timer = setTimeout(sendNow, reply.delayMs);
  response.on('close', () => clearTimeout(timer));
}

function sendStream(response: ServerResponse, simulator: string, reply: Reply & { kind: 'stream' }): void {
  const begin = (): void => {
    if (response.headersSent) return;
    response.writeHead(200, head(simulator, 'text/event-stream; charset=utf-8', encoding(reply)));
  };
  const cancel = play(reply.steps, reply.timing, {
    write: (text) => {
      begin();
      response.write(reply.gzip ? gzipSync(text) : text);
    },
    end: (text) => {
      begin();
      if (reply.cut) cutAfter(response, text);
      else response.end(reply.gzip ? gzipSync(text) : text);
    },
  });
  response.on('close', cancel);
}

/** Sends the text and then closes the connection without ending the message. */
function cutAfter(response: ServerResponse, text: string): void {
  // The write's callback comes once the kernel has the bytes: destroying earlier would drop them.
  response.write(text, () => response.socket?.destroy());
}

function encoding(reply: Spoiling): readonly string[] {
  return reply.gzip ? ['content-encoding', 'gzip'] : [];
}

function head(simulator: string, contentType: string, more: readonly string[]): string[] {
  return ['server', SERVER, 'x-simulator', simulator, 'content-type', contentType, ...more];
}
