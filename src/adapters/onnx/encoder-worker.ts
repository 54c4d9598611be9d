/** Worker thread around one session: `run()` of the runtime blocks its thread, and that must not be the one of gRPC. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import type { SessionOptions, WorkerReply, WorkerRequest } from './protocol.js';
import { type EncoderSession, openSession } from './session.js';
import type { TextWindow } from './text-window.js';

if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  let session: EncoderSession | undefined;
  port.on('message', async (request: WorkerRequest) => {
    switch (request.kind) {
      case 'open':
        session = await open(port, request.session);
        return;
      case 'encode':
        return encode(port, session, request.window);
      case 'close':
        await session?.close();
        port.close();
    }
  });
}

async function open(port: MessagePort, options: SessionOptions): Promise<EncoderSession | undefined> {
  try {
    const session = await openSession(options);
    send(port, { kind: 'ready' });
    return session;
  } catch (error) {
    send(port, { kind: 'unavailable', reason: reasonOf(error) });
    return undefined;
  }
}

async function encode(
  port: MessagePort,
  session: EncoderSession | undefined,
  window: TextWindow,
): Promise<void> {
  try {
    if (session === undefined) throw new Error('no model is open');
    send(port, { kind: 'embedded', embedding: await session.embed(window) });
  } catch (error) {
    send(port, { kind: 'failed', reason: reasonOf(error) });
  }
}

function send(port: MessagePort, reply: WorkerReply): void {
  const vector = reply.kind === 'embedded' ? reply.embedding.vector.buffer : undefined;
  port.postMessage(reply, vector instanceof ArrayBuffer ? [vector] : []);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
