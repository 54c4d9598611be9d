import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate for loopback, and other names, that signs itself, made by openssl in `folder`. Gives the paths. */
export async function makeCertificate(
  folder: string,
  names: readonly string[] = [],
): Promise<{ readonly cert: string; readonly key: string; readonly ca: string }> {
  const [cert, key] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    ['subjectAltName=DNS:localhost,IP:127.0.0.1', ...names.map((name) => `DNS:${name}`)].join(','),
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return { cert, key, ca: cert };
}
