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
  confuse: () => parentPort.postMessage({ kind: 'scanned', attacks: [] }),
};

const judged = (pairs) =>
  pairs.length === 0
    ? { kind: 'scanned', attacks: [] }
    : { kind: 'judged', logits: pairs.map(({ one, other }) => (one === other ? 4 : -4)) };

let session;

parentPort.on('message', (request) => {
  if (request.kind === 'open') {
    session = request.session;
    starts[session.modelPath]();
    return;
  }
  if (request.kind === 'close') {
    if (session?.tokenizerPath !== 'deaf') parentPort.close();
    return;
  }
  if (request.kind === 'scan') {
    const attacks = request.texts.map(({ text }) => (text.includes('attack') ? 0.9 : 0.1));
    parentPort.postMessage({ kind: 'scanned', attacks });
    return;
  }
  if (request.kind === 'judge') {
    parentPort.postMessage(judged(request.pairs));
    return;
  }
  const [{ head }] = request.windows;
  const results = request.windows.map((window) =>
    window.head === 'bad' ? { ok: false, error: 'bad text' } : { ok: true, value: embedding },
  );
  const answer = answers[head] ?? (() => parentPort.postMessage({ kind: 'encoded', results }));
  answer();
});
