/** Worker thread around one session: `run()` of the runtime blocks its thread, and that must not be the one of gRPC. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SessionOptions, WorkerReply, WorkerRequest } from './protocol.js';
import { type EncoderSession, openSession } from './session.js';

if (parentPort !== null) await serve(parentPort, workerData as SessionOptions);

async function serve(port: MessagePort, options: SessionOptions): Promise<void> {
  try {
    const session = await openSession(options);
    port.on('message', (request: WorkerRequest) => void answer(port, session, request));
    send(port, { kind: 'ready' });
  } catch (error) {
    send(port, { kind: 'unavailable', reason: reasonOf(error) });
  }
}

async function answer(port: MessagePort, session: EncoderSession, request: WorkerRequest): Promise<void> {
  if (request.kind === 'close') {
    await session.close();
    port.close();
    return;
  }
  try {
    send(port, { kind: 'embedded', embedding: await session.embed(request.window) });
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
