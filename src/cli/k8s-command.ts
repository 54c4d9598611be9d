import { type Command, Option } from 'commander';
import { type Act, configOption, example, jsonOption } from './command.js';
import { countNumber, portNumber } from './option-values.js';
import type { Output } from './output.js';

/** `sextant k8s …`: what runs Sextant in a cluster, and what its pods do when they have to go. */
export function addKubernetes(program: Command, act: Act, output: Output): void {
  const k8s = program.command('k8s').description('render Kubernetes manifests; drain a pod');
  addRender(k8s, act, output);
  const drain = k8s
    .command('drain')
    .description('have the Envoy of this pod let its connections go, and wait until it is idle')
    .option('--admin-port <number>', 'of Envoy, on loopback', portNumber, 9902)
    .option('--after <seconds>', 'wait first, until nobody sends new requests here', countNumber, 5)
    .option('--within <seconds>', 'stop waiting then', countNumber, 30)
    .addOption(jsonOption())
    .addHelpText('after', example('sextant k8s drain --admin-port 9902 --within 30'));
  drain.action(act(async () => (await import('./k8s-drain.js')).k8sDrain(drain.opts(), output)));
  const wait = k8s
    .command('wait')
    .description('do nothing until told to stop: for a sidecar whose only work is its drain hook')
    .addOption(jsonOption('has no effect: nothing is printed'))
    .addHelpText('after', example('sextant k8s wait'));
  wait.action(act(async () => (await import('./k8s-drain.js')).k8sWait(), 'stays'));
}

function addRender(k8s: Command, act: Act, output: Output): void {
  const render = k8s
    .command('render')
    .description('write the manifests that run a sextant.yaml in a cluster')
    .addOption(configOption().makeOptionMandatory())
    .addOption(
      new Option('--mode <mode>', 'Sextant beside each Envoy, both apart, or Sextant alone')
        .choices(['sidecar', 'service', 'processor'])
        .default('sidecar'),
    )
    .option('--name <name>', 'every object is called after it', 'sextant')
    .option('--namespace <name>', 'left out, the one that they are applied to')
    .option('--image <image>', 'the image of Sextant', 'sextant:0.1.0')
    .option('--envoy-image <image>', 'the image of Envoy', 'envoyproxy/envoy:distroless-v1.40.0')
    .option('--replicas <number>', 'pods of each Deployment', countNumber, 2)
    .option('--replicas-max <number>', 'above --replicas, an autoscaler goes up to it', countNumber, 0)
    .option('--drain <seconds>', 'how long a pod that goes still serves what it has', countNumber, 30)
    .option('--service-monitor', 'tell Prometheus Operator of the metrics', false)
    .option('--out <file>', 'write to this file instead of standard output')
    .addOption(jsonOption('JSON instead of YAML: one List, which kubectl takes too'))
    .addHelpText('after', example('sextant k8s render --config sextant.yaml --out sextant-k8s.yaml'));
  render.action(act(async () => (await import('./k8s-render.js')).k8sRender(render.opts(), output)));
}
