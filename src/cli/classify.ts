import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { classifyTurns } from '../app/classify.js';
import { openClassifier } from '../app.js';
import { systemClock } from '../lib/clock.js';
import { SextantError } from '../lib/sextant-error.js';
import { decodeUtf8 } from '../lib/utf8.js';
import type { Turn } from '../openai/request.js';
import { classificationText } from './classify-text.js';
import { CliError, messageOf, OK, type Output, USAGE } from './output.js';

export interface ClassifyOptions {
  readonly file?: string;
  readonly role: 'user' | 'tool' | 'document';
  readonly models?: string;
  readonly json?: boolean;
}

/** As much as a request may weigh where nothing else is configured. */
const TEXT_BYTES_MAX = 16 * 1024 * 1024;
/** Nobody waits behind this text, so its pass may take as long as the reading. */
const ENCODE_DEADLINE_MS = 4_000;
const BUDGET = { windowsMax: 64, deadlineMs: 4_000 };

/** `sextant classify TEXT`: what every head says of a text, whether it is an attack, and what is personal in it. */
export async function classify(
  text: string | undefined,
  options: ClassifyOptions,
  output: Output,
): Promise<number> {
  const turn = turnOf(await textOf(text, options.file), options.role);
  const classifier = await openClassifier(
    options.models === undefined ? {} : { models: options.models },
  ).catch((thrown: unknown) => {
    throw new CliError(`the models cannot be opened: ${messageOf(thrown)}`);
  });
  try {
    const found = await classifyTurns([turn], {
      encoder: classifier.encoder,
      clock: systemClock,
      encodeDeadlineMs: ENCODE_DEADLINE_MS,
      budget: BUDGET,
    }).catch((thrown: unknown) => {
      if (!(thrown instanceof SextantError)) throw thrown;
      throw new CliError(`the text cannot be classified: ${thrown.message}`);
    });
    output.out(options.json === true ? JSON.stringify(found) : classificationText(found, [turn]));
    return OK;
  } finally {
    await classifier.close();
  }
}

/** What stands in a file comes to a model as what a tool read. */
function turnOf(text: string, role: ClassifyOptions['role']): Turn {
  return { role: role === 'user' ? 'user' : 'tool', text, modalities: [] };
}

async function textOf(argument: string | undefined, file: string | undefined): Promise<string> {
  if (argument !== undefined && file !== undefined)
    throw new CliError('Give either a text or --file, not both.', USAGE);
  const text = argument ?? (await readAll(file));
  if (text.trim() === '') throw new CliError('There is no text to classify: it is empty.', USAGE);
  return text;
}

async function readAll(file: string | undefined): Promise<string> {
  const name = file ?? 'standard input';
  if (file === undefined && process.stdin.isTTY) {
    throw new CliError('Give a text: as an argument, by --file, or on standard input.', USAGE);
  }
  const bytes = await bytesOf(file === undefined ? process.stdin : createReadStream(file), name);
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new CliError(`${name} is not UTF-8 text`);
  return text;
}

async function bytesOf(source: Readable, name: string): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of source as AsyncIterable<Buffer>) {
      bytes += piece.byteLength;
      if (bytes > TEXT_BYTES_MAX) throw new Error(`it is longer than ${TEXT_BYTES_MAX} bytes`);
      pieces.push(piece);
    }
  } catch (thrown) {
    throw new CliError(`${name} cannot be read: ${messageOf(thrown)}`);
  }
  return Buffer.concat(pieces);
}
