// Ends threads of the real encoder while the runtime is busy in them, a dozen times. Run in a process of its own: what
// it looks for ends the process. Arguments: the built encoder-thread.js, the models folder.
import { join } from 'node:path';

const [module, models] = process.argv.slice(2);
const { abandonPreparedThread, prepareEncoderThread, startEncoderThread } = await import(module);

const start = (loadMsMax) =>
  startEncoderThread({
    thread: prepareEncoderThread(),
    session: {
      modelPath: join(models, 'encoder/model.int8.onnx'),
      tokenizerPath: join(models, 'encoder/tokenizer.json'),
      provider: 'cpu',
      dimension: 384,
      tokensMax: 512,
    },
    loadMsMax,
    passMsMax: 60_000,
    closeMsMax: 60_000,
  });

const startedMs = performance.now();
const first = await start(60_000);
const loadMs = performance.now() - startedMs;

// Amid a pass that takes far longer than a moment.
const windows = Array.from({ length: 40 }, () => ({ head: 'word '.repeat(600), tail: '' }));
const pass = first.encode(windows).catch(() => undefined);
await first.close();
await pass;

// At different points of the load; each takes about as long as the first did.
const shares = [0.6, 0.7, 0.8, 0.85, 0.9, 0.95];
for (const share of shares) {
  await start(loadMs * share).then(
    (thread) => thread.close(),
    () => undefined,
  );
}
abandonPreparedThread(prepareEncoderThread());
process.stdout.write(`ended ${shares.length + 2}\n`);
