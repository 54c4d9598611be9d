import { z } from 'zod';
import type { Config } from './config.js';
import { DEFAULTS } from './defaults.js';
import { host, isLoopback, portOrAny, section } from './fields.js';
import { resolveOptional, resolvePath } from './paths.js';
import { atValue, type Finding } from './problems.js';
import { gatewayUrl } from './schema-playground.js';
import { checkSecrets, type SecretContext, secretFile, secretOf, secretText } from './secrets.js';

const path = z.string().min(1).max(4096);

const tls = section({
  certificate: path.describe('File of the certificate, with the chain above it; PEM.'),
  key: path.describe('File of its key; PEM.'),
  client_ca: path
    .optional()
    .describe('File of those who sign certificates of clients; with it, nobody connects without one.'),
}).describe('The admin listener speaks TLS.');

export const admin = section({
  address: host.default(DEFAULTS.admin.address),
  port: portOrAny.default(DEFAULTS.admin.port),
  allow_remote: z
    .boolean()
    .default(false)
    .describe(
      'true: the address may be one that other machines reach; a token or tls.client_ca must be there then.',
    ),
  token: secretText
    .optional()
    .describe(
      'Who sends it may do everything. The name of an environment variable in braces, after a dollar sign.',
    ),
  token_file: secretFile.optional().describe('File that holds it instead.'),
  read_only_token: secretText.optional().describe('Who sends it may look, and change nothing.'),
  read_only_token_file: secretFile.optional().describe('File that holds it instead.'),
  hosts: z
    .array(host)
    .max(64)
    .default([])
    .describe('Names that it may be asked by, beside IP addresses, localhost and its address.'),
  tls: tls.optional(),
  show_prompts: z
    .boolean()
    .default(DEFAULTS.admin.showPrompts)
    .describe('true: pages about the cache show questions and answers, and it can be exported.'),
  gateway_url: gatewayUrl.optional(),
}).describe('Operation of Sextant; health and metrics too.');

export const probe = section({
  address: host.default(DEFAULTS.probe.address),
  port: portOrAny.default(DEFAULTS.probe.port),
  allow_remote: z.boolean().default(false),
}).describe(
  'A listener for health and metrics alone, which asks nobody for a token. Left out, the admin listener serves them.',
);

/** The keys as the file has them. */
interface Listeners {
  readonly admin: z.output<typeof admin>;
  readonly probe?: z.output<typeof probe> | undefined;
}

const TOKENS = ['token', 'read_only_token'] as const;
/** Nobody guesses so many; what is shorter was likely thought up by a person. */
const TOKEN_CHARS_MIN = 16;
/** What a header can carry behind `Bearer`. */
const TOKEN = /^[!-~]*$/;

/** Who reaches the admin listener changes what callers are told, so other machines must show who they are. */
export function adminFindings(
  { admin: text, probe: probes }: Listeners,
  secrets: SecretContext,
): readonly Finding[] {
  const taken =
    probes !== undefined && probes.port !== 0 && probes.port === text.port && probes.address === text.address;
  return [
    ...remoteFindings(text),
    ...tokenFindings(text, secrets),
    ...(taken ? [atValue(['probe', 'port'], `is that of admin too (${text.port}); choose another`)] : []),
  ];
}

function remoteFindings(text: Listeners['admin']): readonly Finding[] {
  const { address, allow_remote, tls: wire } = text;
  if (isLoopback(address)) return [];
  const reached = `${address} can be reached from other machines`;
  if (!allow_remote) {
    const message = `${reached} and reads and changes what callers are told; take 127.0.0.1, or set allow_remote: true`;
    return [atValue(['admin', 'address'], message)];
  }
  if (wire?.client_ca !== undefined || saidTokens(text).length > 0) return [];
  const message = `${reached}, and nothing says who may ask; name token_file or tls.client_ca, or take 127.0.0.1`;
  return [atValue(['admin', 'address'], message)];
}

function tokenFindings(text: Listeners['admin'], secrets: SecretContext): readonly Finding[] {
  const unread = checkSecrets(text, TOKENS, { path: ['admin'], ...secrets });
  if (unread.length > 0) return unread;
  const tokens = saidTokens(text).map(({ key, at }) => ({ at, secret: secretOf(text, key, secrets) }));
  const weak = tokens.flatMap(({ at, secret }) => {
    const message = weakness(secret?.reveal() ?? '');
    return message === undefined ? [] : [atValue(['admin', at], message)];
  });
  const [operate, read] = tokens;
  const same = read?.secret !== undefined && operate?.secret?.matches(read.secret.reveal()) === true;
  const twice = 'is the same as the other token, so whoever may look may do everything; take another';
  return same ? [...weak, atValue(['admin', read.at], twice)] : weak;
}

function weakness(token: string): string | undefined {
  if (token.length < TOKEN_CHARS_MIN) {
    return `leads to a token of fewer than ${TOKEN_CHARS_MIN} characters; make one by "openssl rand -hex 32"`;
  }
  return TOKEN.test(token)
    ? undefined
    : 'leads to a token with a space or a letter beyond ASCII; make one by "openssl rand -hex 32"';
}

/** The tokens that the file says anything of, and the key that says it. */
function saidTokens(text: Listeners['admin']) {
  return TOKENS.flatMap((key) => {
    if (text[`${key}_file`] !== undefined) return [{ key, at: `${key}_file` }];
    return text[key] === undefined ? [] : [{ key, at: key }];
  });
}

export function adminOf(
  { admin: text, probe: probes }: Listeners,
  secrets: SecretContext,
): Pick<Config, 'admin' | 'probe'> {
  return {
    admin: operatorsOf(text, secrets),
    probe: probes && { address: probes.address, port: probes.port },
  };
}

function operatorsOf(text: Listeners['admin'], secrets: SecretContext): Config['admin'] {
  const { address, port, show_prompts: showPrompts, hosts, tls: wire } = text;
  const { file } = secrets;
  return {
    ...{ address, port, showPrompts },
    token: secretOf(text, 'token', secrets),
    readOnlyToken: secretOf(text, 'read_only_token', secrets),
    hosts: hosts.map((name) => name.toLowerCase()),
    gatewayUrl: text.gateway_url,
    tls: wire && {
      certificateFile: resolvePath(wire.certificate, file),
      keyFile: resolvePath(wire.key, file),
      clientCaFile: resolveOptional(wire.client_ca, file),
    },
  };
}
