import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import { modelName } from '../config/fields.js';
import { isJsonObject, type Json, parseJson } from '../lib/json.js';
import type { Backend } from './backend.js';
import { messageOf } from './output.js';

/** A name that a server answers to. */
export interface ListedModel {
  readonly id: string;
  /** What it stands for: names of one model have the same one. */
  readonly root: string | undefined;
  /** The model that it is an adapter of. */
  readonly parent: string | undefined;
  /** Tokens that prompt and answer may take together; undefined where the server does not say. */
  readonly contextTokens: number | undefined;
}

export type ModelsAnswer =
  | {
      readonly kind: 'models';
      readonly models: readonly ListedModel[];
      /** What the server's clock is ahead of ours; undefined where it does not tell the time. Milliseconds. */
      readonly aheadMs: number | undefined;
    }
  /** No list, and why not, in words for a person. `status` where a server answered. */
  | { readonly kind: 'none'; readonly why: string; readonly status: number | undefined };

export interface AskModelsOptions {
  readonly deadlineMs?: number;
  /** Sent along, as in `['authorization', 'Bearer …']`. */
  readonly key?: readonly [header: string, value: string] | undefined;
  /** What node:tls takes. */
  readonly tls?: {
    readonly ca?: Buffer;
    readonly cert?: Buffer;
    readonly key?: Buffer;
    readonly servername?: string;
  };
}

const DEADLINE_MS = 5000;
/** A list of a thousand names weighs a tenth of it. */
const LIST_BYTES_MAX = 1024 * 1024;
const MODELS_MAX = 256;

/** Asks a server by `GET /v1/models` which models it serves. Never throws; follows no redirect. */
export async function askModels(backend: Backend, options: AskModelsOptions = {}): Promise<ModelsAnswer> {
  const { deadlineMs = DEADLINE_MS } = options;
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const { response, text } = await listOf(backend, options, signal);
    const status = response.statusCode ?? 0;
    if (status !== 200) return { kind: 'none', why: refusal(status), status };
    const models = modelsIn(parseJson(text));
    if (models === undefined)
      return { kind: 'none', why: 'answers, but with no list of models as OpenAI has it', status };
    return { kind: 'models', models, aheadMs: aheadOf(response) };
  } catch (thrown) {
    const why = signal.aborted ? `does not answer within ${deadlineMs / 1000} s` : whyNot(thrown);
    return { kind: 'none', why, status: undefined };
  }
}

function listOf(
  { address, port, tls }: Backend,
  options: AskModelsOptions,
  signal: AbortSignal,
): Promise<{ response: IncomingMessage; text: string }> {
  const headers = {
    accept: 'application/json',
    ...(options.key && { [options.key[0]]: options.key[1] }),
  };
  const asked = { host: address, port, path: '/v1/models', headers, signal, agent: false };
  return new Promise((resolve, reject) => {
    const heard = (response: IncomingMessage): void => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > LIST_BYTES_MAX)
          response.destroy(new Error(`answers with more than ${LIST_BYTES_MAX} bytes`));
        else pieces.push(piece);
      });
      response.on('end', () => resolve({ response, text: Buffer.concat(pieces).toString('utf8') }));
      response.on('error', reject);
    };
    const request = tls ? overTls({ ...asked, ...options.tls }, heard) : overHttp(asked, heard);
    request.on('error', reject);
    request.end();
  });
}

function refusal(status: number): string {
  if (status === 401 || status === 403) return `answers ${status}: it wants a key`;
  if (status >= 300 && status < 400)
    return `answers ${status}: it sends elsewhere; name that address instead`;
  return `answers ${status} to GET /v1/models`;
}

function whyNot(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ECONNREFUSED') return 'refuses connections: nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'has a host name that nobody knows';
  return code === '' ? messageOf(thrown) : `cannot be asked (${code})`;
}

/** Names that a config could not hold are left out. */
function modelsIn(list: Json | undefined): readonly ListedModel[] | undefined {
  if (!isJsonObject(list) || !Array.isArray(list['data'])) return undefined;
  return (list['data'] as readonly Json[]).slice(0, MODELS_MAX).flatMap((each) => {
    if (!isJsonObject(each)) return [];
    const { id, root, parent, max_model_len: tokens } = each;
    if (typeof id !== 'string' || !modelName.safeParse(id).success) return [];
    return [
      {
        id,
        root: typeof root === 'string' ? root : undefined,
        parent: typeof parent === 'string' ? parent : undefined,
        contextTokens:
          typeof tokens === 'number' && Number.isInteger(tokens) && tokens > 0 ? tokens : undefined,
      },
    ];
  });
}

/** The header tells whole seconds, so what is less than one is nothing. */
function aheadOf({ headers: { date } }: IncomingMessage): number | undefined {
  const toldMs = Date.parse(date ?? '');
  if (Number.isNaN(toldMs)) return undefined;
  const aheadMs = toldMs - Date.now();
  return Math.abs(aheadMs) < 1000 ? 0 : aheadMs;
}
