import { createServer } from 'node:net';

/**
 * An upstream that costs next to nothing: it reads requests by their content-length and writes one of two fixed answers
 * in vLLM's form. Not a simulator of a model: here only what stands in front of it is measured.
 *
 * Usage: node upstream.js PORT
 */
const port = Number(process.argv[2]);

const head = { id: 'chatcmpl-fixed', created: 1_700_000_000, model: 'fixed' };
const text = 'A fixed answer of a few words, the same for each and every question.';

const WHOLE = respond(
  'application/json',
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop', logprobs: null },
    ],
    usage: { prompt_tokens: 20, completion_tokens: 15, total_tokens: 35 },
  }),
);

const STREAMED = respond(
  'text/event-stream; charset=utf-8',
  [
    { delta: { role: 'assistant', content: '' }, finish_reason: null },
    ...text.split(' ').map((word) => ({ delta: { content: `${word} ` }, finish_reason: null })),
    { delta: {}, finish_reason: 'stop' },
  ]
    .map((choice) =>
      JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] }),
    )
    .concat('[DONE]')
    .map((data) => `data: ${data}\n\n`)
    .join(''),
);

const server = createServer({ noDelay: true }, (socket) => {
  let pending = Buffer.alloc(0);
  socket.on('data', (piece) => {
    pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
    for (;;) {
      const headEnd = pending.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(pending.toString('latin1', 0, headEnd + 2))?.[1];
      const end = headEnd + 4 + Number(length ?? 0);
      if (pending.length < end) return;
      socket.write(pending.subarray(headEnd, end).includes('"stream":true') ? STREAMED : WHOLE);
      pending = pending.subarray(end);
    }
  });
  socket.on('error', () => socket.destroy());
});
server.listen(port, '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0));

function respond(contentType: string, body: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
