// Speaks the protocol of the encoder's worker without a model. `modelPath` says how it opens, the text how it answers.
import { parentPort } from 'node:worker_threads';

const embedding = { vector: new Float32Array([1, 0]), tokens: 3, truncated: false, unknownShare: 0 };

const starts = {
  ready: () => parentPort.postMessage({ kind: 'ready' }),
  unavailable: () => parentPort.postMessage({ kind: 'unavailable', reason: 'no such device' }),
  silent: () => {},
  dies: () => {
    throw new Error('out of memory');
  },
};

const answers = {
  fail: () => parentPort.postMessage({ kind: 'failed', reason: 'bad input' }),
  crash: () => {
    throw new Error('segmentation fault');
  },
  hang: () => {},
};

let session;

parentPort.on('message', (request) => {
  if (request.kind === 'open') {
    session = request.session;
    starts[session.modelPath]();
    return;
  }
  if (request.kind === 'close') {
    if (session.tokenizerPath !== 'deaf') parentPort.close();
    return;
  }
  const answer =
    answers[request.window.head] ?? (() => parentPort.postMessage({ kind: 'embedded', embedding }));
  answer();
});
