import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';
import { load, type ServiceDefinition } from '@grpc/proto-loader';

/** Streamed answers as Envoy would send them past a processor. */
export interface StreamLoad {
  /** Streams open at a time. */
  readonly streams: number;
  /** Of each stream. */
  readonly chunks: number;
  readonly chunkIntervalMs: number;
  /** Told apart by it: each stream asks what no other asked. */
  readonly offset: number;
}

/** Kinds of messages, and what proto-loader makes of a reply. */
interface Reply {
  readonly response?: string;
}
type Call = ClientDuplexStream<object, Reply>;

const JSON_TYPE = { key: 'content-type', raw_value: Buffer.from('application/json') };
const AUTHORIZATION = { key: 'authorization', raw_value: Buffer.from('Bearer bench') };
const WORDS = 'the quick answer to this question is written down word by word as a model would say it'.split(
  ' ',
);

/**
 * Opens the streams and sends their chunks at a pace; each waits for the reply to the one before, as Envoy does.
 *
 * @returns for each chunk, the time from its sending to the reply that lets it go. Milliseconds
 */
export async function passStreams(socketPath: string, order: StreamLoad): Promise<Float64Array> {
  const method = (await service())['Process'];
  if (method === undefined) throw new Error('the vendored protos define no processor');
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  const open = (): Call =>
    client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize as (bytes: Buffer) => Reply,
      new Metadata(),
    );
  const all = Array.from({ length: order.streams }, async (_, at) => {
    // Spread over an interval, or all chunks would come at once.
    await sleep((at * order.chunkIntervalMs) / order.streams);
    return passStream(open(), `${order.offset}-${at}`, order);
  });
  const samples = (await Promise.all(all)).flat();
  client.close();
  return Float64Array.from(samples);
}

async function service(): Promise<ServiceDefinition> {
  const definition = await load('envoy/service/ext_proc/v3/external_processor.proto', {
    keepCase: true,
    oneofs: true,
    includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
  });
  const found = definition['envoy.service.ext_proc.v3.ExternalProcessor'];
  if (found === undefined || 'format' in found) throw new Error('the vendored protos define no processor');
  return found as ServiceDefinition;
}

async function passStream(call: Call, name: string, order: StreamLoad): Promise<readonly number[]> {
  const waiting: ((reply: Reply) => void)[] = [];
  let failed: (error: Error) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  failure.catch(() => undefined);
  call.on('data', (reply: Reply) => {
    // What only asks for more time is no reply.
    if (reply.response !== undefined) waiting.shift()?.(reply);
  });
  call.on('error', failed);
  const send = async (message: object): Promise<Reply> => {
    const replied = new Promise<Reply>((resolve) => waiting.push(resolve));
    call.write(message);
    return Promise.race([replied, failure]);
  };
  await send({ request_headers: { headers: { headers: requestHeaders() } } });
  const question = `What would number ${name} say of ${name}?`;
  const body = { model: 'auto', stream: true, messages: [{ role: 'user', content: question }] };
  await send({ request_body: { body: Buffer.from(JSON.stringify(body)), end_of_stream: true } });
  await send({ response_headers: { headers: { headers: responseHeaders() } } });
  const samples: number[] = [];
  for (let at = 0; at < order.chunks; at += 1) {
    await sleep(order.chunkIntervalMs);
    const chunk = { body: Buffer.from(eventOf(at)), end_of_stream: false };
    const started = performance.now();
    await send({ response_body: chunk });
    samples.push(performance.now() - started);
  }
  const end = `${event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}data: [DONE]\n\n`;
  await send({ response_body: { body: Buffer.from(end), end_of_stream: true } });
  call.end();
  return samples;
}

function requestHeaders(): readonly object[] {
  const pseudo = { ':method': 'POST', ':path': '/v1/chat/completions', ':authority': 'bench' };
  return [...fields(pseudo), JSON_TYPE, AUTHORIZATION];
}

function responseHeaders(): readonly object[] {
  return fields({ ':status': '200', 'content-type': 'text/event-stream' });
}

function fields(named: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(named).map(([key, value]) => ({ key, raw_value: Buffer.from(value) }));
}

function eventOf(at: number): string {
  const content = `${WORDS[at % WORDS.length]} `;
  return event({ choices: [{ index: 0, delta: at === 0 ? { role: 'assistant', content } : { content } }] });
}

function event(fieldsOfIt: object): string {
  const common = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'small' };
  return `data: ${JSON.stringify({ ...common, ...fieldsOfIt })}\n\n`;
}
