/** Where inference runs. `cpu` is always there; the others need a device and its libraries. */
export type Provider = 'cpu' | 'cuda' | 'webgpu';

/** What to do when the wanted provider does not load. */
export type ProviderFallback = 'cpu' | 'none';

/** Says which provider did not load, why, and what the operator can do about it. */
export function providerFailure(provider: Provider, reason: string): string {
  return `the encoder could not be loaded on provider "${provider}": ${reason}. ${REMEDY[provider]}`;
}

const REMEDY: Readonly<Record<Provider, string>> = {
  cpu: 'Run `npm ci` again if the runtime is incomplete, and check that enough memory is free.',
  cuda:
    'Install CUDA, cuDNN and the CUDA provider library of the same ONNX Runtime version beside the runtime of ' +
    'onnxruntime-node (the npm package does not carry it), or choose provider "cpu", or fallback "cpu".',
  webgpu:
    'Install a Vulkan driver (Linux) for a device that WebGPU supports, or choose provider "cpu", or fallback "cpu".',
};
