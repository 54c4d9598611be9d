import { join } from 'node:path';
import { built } from './built.js';
import { flag } from './flags.js';
import { checkGpu, type GpuCheck } from './gpu-run.js';
import { gpuTexts } from './gpu-texts.js';
import { ROOT } from './processes.js';

/**
 * Compares the encoder on the GPU with the encoder on the CPU, text by text: answers and latency. Ends with status 0
 * when they are the same, 1 when they are not, 2 when there is no CUDA provider.
 *
 * Usage: node gpu-check.js [--models=FOLDER]
 */
const { openClassifier } = await built<{ readonly openClassifier: GpuCheck['open'] }>('app.js');
process.exitCode = await checkGpu({
  open: openClassifier,
  texts: await gpuTexts(join(ROOT, 'models/train/augment')),
  models: flag('models'),
  say: (text) => console.log(text),
});
