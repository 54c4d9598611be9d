import type { AdminConfig } from '../config/config.js';
import { expand, readSecretFile } from '../config/secrets.js';
import type { Secret } from '../lib/secret.js';
import { askedAt, hostInUrl } from '../lib/url-host.js';
import { openConfig } from './config-option.js';
import { CliError, messageOf } from './output.js';

/** How a verb is told where the admin listener is, and what to show it. */
export interface AdminOptions {
  readonly admin?: string;
  readonly tokenFile?: string;
  readonly config?: string;
  readonly set?: readonly string[];
}

/** Asks the admin listener of a running Sextant. */
export interface AdminClient {
  /** @throws CliError when nothing answers, or with what the answer says is wrong */
  get(path: string): Promise<unknown>;
  /** Sends a value as JSON, or bytes as JSON Lines. Throws what `get` throws. */
  post(path: string, body: object): Promise<unknown>;
  /** The answer piece by piece. Throws what `get` throws, also on the way. */
  stream(path: string): Promise<AsyncIterable<Uint8Array>>;
}

const DEFAULT_URL = 'http://127.0.0.1:9900';
/** A batch of a warming is hundreds of passes of the encoder. Milliseconds. */
const ANSWER_TIMEOUT_MS = 300_000;
/** Where the token is looked for that no option names. */
const TOKEN_VARIABLE = 'SEXTANT_ADMIN_TOKEN';
/** For all of an export. Milliseconds. */
const STREAM_TIMEOUT_MS = 3_600_000;

/** @throws CliError when the config or the file of the token cannot be read */
export function adminClient(options: AdminOptions): AdminClient {
  const { url, token } = foundBy(options);
  const ask = async (path: string, init: RequestInit, timeoutMs: number): Promise<Response> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { ...init.headers, ...(token && { authorization: `Bearer ${token.reveal()}` }) };
    // A listener of ours sends nobody elsewhere, and a token must not go there.
    const response = await fetch(`${url}${path}`, { ...init, headers, signal, redirect: 'error' }).catch(
      (thrown: unknown) => {
        throw silent(url, thrown);
      },
    );
    if (!response.ok) throw new CliError(await saidIn(response));
    return response;
  };
  return {
    get: async (path) => read(url, await ask(path, {}, ANSWER_TIMEOUT_MS)),
    post: async (path, body) => read(url, await ask(path, sending(body), ANSWER_TIMEOUT_MS)),
    stream: async (path) => piecesOf(url, await ask(path, {}, STREAM_TIMEOUT_MS)),
  };
}

/** A token of the config goes only to the listener of that config. */
function foundBy({ admin, config, set, tokenFile }: AdminOptions): {
  url: string;
  token: Secret | undefined;
} {
  const named = namedToken(tokenFile);
  if (admin !== undefined) return { url: admin.replace(/\/$/, ''), token: named };
  if (config === undefined) return { url: process.env['SEXTANT_ADMIN'] || DEFAULT_URL, token: named };
  const listener = openConfig(config, set).admin;
  if (listener.port === 0) throw new CliError(`${config} leaves the admin port to the system; give --admin.`);
  return { url: urlOf(listener), token: named ?? listener.token ?? listener.readOnlyToken };
}

function namedToken(tokenFile: string | undefined): Secret | undefined {
  if (tokenFile === undefined && (process.env[TOKEN_VARIABLE] ?? '') === '') return undefined;
  const token = tokenFile === undefined ? expand(`\${${TOKEN_VARIABLE}}`) : readSecretFile(tokenFile);
  if (token.ok) return token.value;
  throw new CliError(`${tokenFile === undefined ? TOKEN_VARIABLE : '--token-file'} ${token.error}`);
}

function urlOf({ address, port, tls }: AdminConfig): string {
  const scheme = tls === undefined ? 'http' : 'https';
  return `${scheme}://${hostInUrl(askedAt(address))}:${port}`;
}

function sending(body: object): RequestInit {
  const lines = body instanceof Uint8Array;
  return {
    method: 'POST',
    headers: { 'content-type': lines ? 'application/jsonl' : 'application/json' },
    body: lines ? Uint8Array.from(body) : JSON.stringify(body),
  };
}

async function read(url: string, response: Response): Promise<unknown> {
  return response.json().catch((thrown: unknown) => {
    throw silent(url, thrown);
  });
}

async function* piecesOf(url: string, { body }: Response): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body ?? []) yield piece as Uint8Array;
  } catch (thrown) {
    throw silent(url, thrown);
  }
}

function silent(url: string, thrown: unknown): CliError {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  return new CliError(
    `no whole answer from ${url} (${messageOf(cause)}). Is \`sextant serve\` running? Name it by --admin or --config.`,
  );
}

async function saidIn(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const { error } = JSON.parse(text) as { readonly error: { readonly message: string } };
    return error.message;
  } catch {
    return `the admin listener answers ${response.status}; is it a Sextant of this version?`;
  }
}
