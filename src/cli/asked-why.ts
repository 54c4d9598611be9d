import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { AskedWhy } from '../exchange/explain.js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { decodeUtf8 } from '../lib/utf8.js';
import { CliError, messageOf, USAGE } from './output.js';

/** As much as a request may weigh where nothing else is configured. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** The request that a command line names: a prompt of one turn, or the body in a file. */
export async function askedWhy(
  prompt: string | undefined,
  options: { readonly file?: string; readonly route?: string; readonly header?: readonly string[] },
): Promise<AskedWhy> {
  const { file, route, header = [] } = options;
  if ((prompt === undefined) === (file === undefined)) {
    throw new CliError('Give either a prompt or --file.', USAGE);
  }
  if (prompt?.trim() === '') throw new CliError('There is nothing to explain: the prompt is empty.', USAGE);
  const request = file === undefined ? oneTurn(prompt ?? '') : bodyIn(file);
  return { request, headers: new Map(header.map(headerOf)), ...(route === undefined ? {} : { route }) };
}

function oneTurn(prompt: string): JsonObject {
  return { messages: [{ role: 'user', content: prompt }] };
}

function bodyIn(file: string): JsonObject {
  const text = decodeUtf8(bytesIn(file));
  if (text === undefined) throw new CliError(`${file} is not UTF-8 text`);
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    throw new CliError(`${file} is not JSON; write the body of a request into it`);
  }
  if (isJsonObject(body)) return body;
  throw new CliError(`${file} holds no JSON object; write the body of a request into it`);
}

function bytesIn(file: string): Uint8Array {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      if (size > BODY_BYTES_MAX) throw new Error(`it is longer than ${BODY_BYTES_MAX} bytes`);
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    throw new CliError(`${file} cannot be read: ${messageOf(thrown)}`);
  }
}

function headerOf(line: string): readonly [string, string] {
  const at = line.indexOf(':');
  const name = line.slice(0, Math.max(0, at)).trim().toLowerCase();
  if (!/^[a-z0-9_-]{1,100}$/.test(name)) {
    throw new CliError('--header takes a line such as "x-team: sales".', USAGE);
  }
  return [name, line.slice(at + 1).trim()];
}
