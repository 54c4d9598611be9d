import { join } from 'node:path';
import { checkGpu, type GpuCheck } from './gpu-run.js';
import { gpuTexts } from './gpu-texts.js';
import { ROOT } from './processes.js';

/**
 * Compares the encoder on the GPU with the encoder on the CPU, text by text: answers and latency. Ends with status 0
 * when they are the same, 1 when they are not, 2 when there is no CUDA provider.
 *
 * Usage: node gpu-check.js [--models=FOLDER]
 */
const models = process.argv
  .slice(2)
  .find((flag) => flag.startsWith('--models='))
  ?.slice('--models='.length);
// The package that is served, not its sources: those of bench/ are compiled without the rest.
const { openClassifier } = (await import(new URL('../../dist/app.js', import.meta.url).href)) as {
  readonly openClassifier: GpuCheck['open'];
};
process.exitCode = await checkGpu({
  open: openClassifier,
  texts: await gpuTexts(join(ROOT, 'models/train/augment')),
  models,
  say: (text) => console.log(text),
});
