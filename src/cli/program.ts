import { Command } from 'commander';
import { addCache } from './cache-command.js';
import { addCheck } from './check-command.js';
import type { Act } from './command.js';
import { addEnvoy } from './envoy-command.js';
import { addEval } from './eval-command.js';
import { addExplain } from './explain-command.js';
import { addKubernetes } from './k8s-command.js';
import { addLearning } from './learning-command.js';
import { addModels } from './models-command.js';
import type { Output } from './output.js';
import { addRunning } from './serve-command.js';
import { addSetup } from './setup-command.js';
import { addTraining } from './train-command.js';

/** Every verb with its options. A group of verbs has a file of its own, which loads what they do when one is called. */
export function sextantProgram(act: Act, output: Output): Command {
  const program = new Command('sextant')
    .description('A semantic router for LLM traffic: Envoy asks it which model should answer.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.out(text.trimEnd()),
      writeErr: (text) => output.err(text.trimEnd()),
    })
    .showHelpAfterError('(try --help)');
  addRunning(program, act, output);
  addSetup(program, act, output);
  addCheck(program, act, output);
  addEnvoy(program, act, output);
  addKubernetes(program, act, output);
  addCache(program, act, output);
  addModels(program, act, output);
  addExplain(program, act, output);
  addLearning(program, act, output);
  addTraining(program, act, output);
  addEval(program, act, output);
  return program;
}
