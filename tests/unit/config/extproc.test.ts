import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { formatProblem } from '../../../src/config/problems.js';
import { configWarnings } from '../../../src/config/warnings.js';

const MODELS =
  'models: [{ name: small, endpoints: ["127.0.0.1:8000"], context_window: 8192 }]\ndefault_model: small\n';

function load(extproc: string) {
  const loaded = parseConfig(`${MODELS}extproc: ${extproc}\n`, '/etc/sextant/s.yaml');
  return loaded.ok ? loaded.value : loaded.error.map(formatProblem);
}

const TLS = 'tls: { certificate: tls.crt, key: /keys/tls.key, client_ca: ca.crt';

test('beyond loopback it speaks TLS and asks who calls', () => {
  const envoy = 'envoy: { certificate: c.crt, key: c.key, server_name: sextant }';
  const config = load(
    `{ address: 0.0.0.0, port: 9700, endpoints: ["sextant:9700", "[::1]:9701"], ${TLS}, ${envoy} } }`,
  );
  expect(config).toMatchObject({
    extproc: {
      kind: 'tcp',
      address: '0.0.0.0',
      endpoints: [
        { address: 'sextant', port: 9700 },
        { address: '::1', port: 9701 },
      ],
      tls: {
        certFile: '/etc/sextant/tls.crt',
        keyFile: '/keys/tls.key',
        clientCaFile: '/etc/sextant/ca.crt',
        envoy: {
          caFile: '/etc/sextant/ca.crt',
          certFile: '/etc/sextant/c.crt',
          keyFile: '/etc/sextant/c.key',
          serverName: 'sextant',
        },
      },
    },
  });
});

test('it asks nobody only where somebody says so', () => {
  const open = 'address: 10.0.0.7, port: 9700, tls: { certificate: a, key: b, envoy: { ca: c } }';
  expect(load(`{ ${open}, allow_remote: true }`)).toMatchObject({
    extproc: { tls: { certFile: expect.any(String) } },
  });
  expect(load(`{ ${open} }`)).toEqual([
    expect.stringMatching(
      /extproc\.address: 10\.0\.0\.7 .* asks nobody for a certificate; add extproc\.tls\.client_ca/,
    ),
  ]);
});

test.each([
  ['no TLS beyond loopback', '{ address: 0.0.0.0, port: 1 }', /in the clear; add extproc\.tls/],
  [
    'nor with allow_remote',
    '{ address: "::", port: 1, allow_remote: true }',
    /in the clear; add extproc\.tls/,
  ],
  ['TLS on a socket', `{ socket: /a, ${TLS} } }`, /extproc\.tls: goes with a TCP port/],
  ['endpoints without a port', '{ endpoints: ["a:1"] }', /extproc\.endpoints: goes with a TCP port/],
  ['half a certificate', `{ port: 1, ${TLS}, envoy: { key: a } } }`, /has one of certificate and key/],
  ['nobody to trust', '{ port: 1, tls: { certificate: a, key: b } }', /does not say whom Envoy shall trust/],
])('a problem: %s', (_, extproc, said) => {
  expect(load(extproc)).toEqual([expect.stringMatching(said)]);
});

test('who asks for a certificate that Envoy does not have is warned', () => {
  const config = load(`{ port: 9700, ${TLS} } }`);
  if (Array.isArray(config)) throw new Error(config.join('\n'));
  expect(configWarnings(config as Parameters<typeof configWarnings>[0])).toEqual([
    expect.stringMatching(/^extproc\.tls: client_ca asks Envoy for a certificate/),
  ]);
});
