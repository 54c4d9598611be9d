/** Worker thread around one session: `run()` of the runtime blocks its thread, and that must not be the one of gRPC. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import type { SessionOptions, TaskReply, WorkerReply, WorkerRequest } from './protocol.js';
import { type EncoderSession, openSession } from './session.js';

if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  let opening: Promise<EncoderSession | undefined> | undefined;
  port.on('message', async (request: WorkerRequest) => {
    switch (request.kind) {
      case 'open':
        opening = open(port, request.session);
        return;
      case 'encode':
      case 'scan':
      case 'judge':
        return send(port, await answer(await opening, request));
      case 'close':
        // It may come while the model loads, and a session that opens after it would stay open.
        await (await opening)?.close();
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

async function answer(
  session: EncoderSession | undefined,
  request: Extract<WorkerRequest, { kind: 'encode' | 'scan' | 'judge' }>,
): Promise<TaskReply> {
  try {
    if (session === undefined) throw new Error('no model is open');
    if (request.kind === 'scan') return { kind: 'scanned', attacks: session.scan(request.texts) };
    if (request.kind === 'judge') return { kind: 'judged', logits: await session.judge(request.pairs) };
    return { kind: 'encoded', results: await session.encode(request.windows) };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

function send(port: MessagePort, reply: WorkerReply): void {
  // All numbers of a text lie in the block of its vector.
  const blocks =
    reply.kind === 'encoded' ? reply.results.map((each) => each.ok && each.value.vector.buffer) : [];
  port.postMessage(
    reply,
    blocks.filter((block) => block instanceof ArrayBuffer),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
