import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../src/exchange/verdict.js';
import { startExtProcServer } from '../../src/extproc/server.js';
import { type ErrorCode, SextantError } from '../../src/lib/sextant-error.js';
import { noLogger, noTelemetry } from '../../src/telemetry/contract.js';
import { extProcClient, freshSocket, type Message, socketFolder } from '../support/ext-proc-client.js';
import { type Script, scriptedExchange } from '../support/scripted-exchange.js';
import { fromText, toText } from '../support/wire-messages.js';

/** One stream, message by message. */
interface Transcript {
  readonly title: string;
  readonly route?: string;
  readonly script: Readonly<Record<string, unknown>>;
  readonly steps: readonly { readonly send: unknown; readonly replies: readonly unknown[] }[];
  /** The gRPC status when the server ends the stream; without it the client does. */
  readonly status?: { readonly code: number; readonly details: string };
  /** What the story was told, in order. */
  readonly told: readonly string[];
}

const FOLDER = fileURLToPath(new URL('transcripts', import.meta.url));
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

describe('golden ext_proc transcripts', () => {
  const folder = { path: '', remove: () => {} };
  beforeAll(() => {
    Object.assign(folder, socketFolder());
  });
  afterAll(() => folder.remove());

  test('there are some', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  test.each(files)('%s', async (file) => {
    const transcript = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Transcript;
    const told: string[] = [];
    const server = await startExtProcServer({
      address: `unix:${freshSocket(folder.path)}`,
      open: scriptedExchange(readScript(transcript.script), told),
      bodyBytesMax: 1000,
      logger: noLogger,
      telemetry: noTelemetry,
    });
    const client = extProcClient(server.address);
    try {
      const stream = client.open(transcript.route);
      for (const step of transcript.steps) {
        stream.send(fromText(step.send));
        for (const reply of step.replies) expect(toText(await stream.next())).toEqual(reply);
      }
      if (transcript.status === undefined) stream.halfClose();
      // A reply beyond those expected would come before the end.
      expect(await stream.next()).toBeUndefined();
      expect(await stream.ended).toEqual(transcript.status ?? { code: 0, details: 'OK' });
      expect(told).toEqual(transcript.told);
    } finally {
      client.close();
      await server.close();
    }
  });
});

function readScript(written: Readonly<Record<string, unknown>>): Script {
  const script: Record<string, unknown> = { ...written };
  for (const key of ['requestHead', 'requestBody']) {
    if (written[key] !== undefined) script[key] = readVerdict(written[key] as Message);
  }
  return script as Script;
}

function readVerdict(written: Message): Verdict {
  const verdict = fromText(written);
  if (verdict['kind'] !== 'reject') return { body: undefined, ...verdict } as unknown as Verdict;
  const error = new SextantError(verdict['code'] as ErrorCode, verdict['message'] as string);
  return { ...verdict, error } as unknown as Verdict;
}
