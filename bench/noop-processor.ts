import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';

/**
 * An ext_proc processor that does nothing, on the same libraries as Sextant: what is left of a figure after its figure
 * is subtracted is Sextant's own doing.
 *
 * Usage: node noop-processor.js SOCKET continue|reply
 *
 * - `continue` lets every message pass: request head, buffered body, response head, streamed pieces.
 * - `reply` answers by itself once it has the request's body, as a cache hit does.
 */
const [socketPath = '', mode = 'continue'] = process.argv.slice(2);

interface ProcessingRequest {
  /** Which of the message's kinds is set, as proto-loader names the member of a oneof. */
  readonly request: 'request_headers' | 'request_body' | 'response_headers' | 'response_body';
}

const FIXED_ANSWER = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-fixed',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'fixed' }, finish_reason: 'stop' }],
  }),
);

const ANSWERS = {
  request_headers: { request_headers: {} },
  request_body: mode === 'reply' ? immediateReply() : { request_body: {} },
  response_headers: { response_headers: {} },
  response_body: { response_body: {} },
};

const definition = await load('envoy/service/ext_proc/v3/external_processor.proto', {
  keepCase: true,
  oneofs: true,
  includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
});
const service = definition['envoy.service.ext_proc.v3.ExternalProcessor'];
if (service === undefined || 'format' in service) throw new Error('the vendored protos define no processor');

const server = new Server();
server.addService(service, {
  Process(call: ServerDuplexStream<ProcessingRequest, unknown>) {
    call.on('data', (message: ProcessingRequest) => call.write(ANSWERS[message.request]));
    call.on('end', () => call.end());
    call.on('error', () => {});
  },
});
server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.send?.('ready');
});
process.on('disconnect', () => process.exit(0));

function immediateReply(): unknown {
  const contentType = { header: { key: 'content-type', raw_value: Buffer.from('application/json') } };
  return {
    immediate_response: {
      status: { code: 200 },
      headers: { set_headers: [contentType] },
      body: FIXED_ANSWER,
    },
  };
}
