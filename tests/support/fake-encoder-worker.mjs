// Speaks the protocol of the encoder's worker without a model. `modelPath` says how it starts, the text how it answers.
import { parentPort, workerData } from 'node:worker_threads';

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

parentPort.on('message', (request) => {
  if (request.kind === 'close') {
    if (workerData.tokenizerPath !== 'deaf') parentPort.close();
    return;
  }
  const answer =
    answers[request.window.head] ?? (() => parentPort.postMessage({ kind: 'embedded', embedding }));
  answer();
});

starts[workerData.modelPath]();
