import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClientDuplexStream,
  credentials,
  Metadata,
  makeClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { ROUTE_METADATA } from '../../src/exchange/headers.js';
import { clientDefinition, SERVICE_NAME } from '../../src/extproc/proto.js';

export type Message = Record<string, unknown>;

/** How a stream ended: a gRPC status code and its text. */
export interface StreamEnd {
  readonly code: number;
  readonly details: string;
}

/** One stream as Envoy would hold it. */
export interface TestStream {
  send(message: Message): void;
  /** The next reply; undefined when the stream ends first. */
  next(): Promise<Message | undefined>;
  halfClose(): void;
  cancel(): void;
  readonly ended: Promise<StreamEnd>;
}

export interface TestClient {
  open(route?: string): TestStream;
  close(): void;
}

/** A client of the service that speaks to it as Envoy does, over a real socket. */
export function extProcClient(address: string, trust = credentials.createInsecure()): TestClient {
  const Client = makeClientConstructor(clientDefinition(), SERVICE_NAME);
  const client = new Client(address, trust, {
    'grpc.max_send_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
  });
  return {
    open: (route) => {
      const metadata = new Metadata();
      if (route !== undefined) metadata.set(ROUTE_METADATA, route);
      const process = client['Process']?.bind(client) as (
        m: Metadata,
      ) => ClientDuplexStream<Message, Message>;
      return testStream(process(metadata));
    },
    close: () => client.close(),
  };
}

/** A folder for sockets with a short path, and how to remove it. */
export function socketFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sx-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function freshSocket(folder: string): string {
  return join(folder, `${randomBytes(4).toString('hex')}.sock`);
}

function testStream(call: ClientDuplexStream<Message, Message>): TestStream {
  const replies: Message[] = [];
  let wake: () => void = () => {};
  let over = false;
  const ended = new Promise<StreamEnd>((resolve) => {
    call.on('status', (status: StreamEnd) => {
      over = true;
      resolve({ code: status.code, details: status.details });
      wake();
    });
  });
  // The status says all that the error does; without a listener it would end the process.
  call.on('error', (_error: ServiceError) => {});
  call.on('data', (reply: Message) => {
    replies.push(reply);
    wake();
  });
  return {
    send: (message) => void call.write(message),
    next: async () => {
      while (replies.length === 0 && !over) await new Promise<void>((resolve) => (wake = resolve));
      return replies.shift();
    },
    halfClose: () => call.end(),
    cancel: () => call.cancel(),
    ended,
  };
}
