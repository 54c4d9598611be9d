import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../src/lib/json.js';
import { PlaceholderBook } from '../../src/openai/placeholders.js';
import { promptTexts } from '../../src/openai/prompt-texts.js';
import { redact } from '../../src/openai/redact.js';
import { createAnswerRestorer } from '../../src/openai/restore.js';
import { createSseReader } from '../../src/openai/sse.js';
import { cutAt } from '../support/completions.js';

const VALUES = ['jane@example.com', 'O\'Neil "Jo"\n', 'C:\\日本\\🙂', '[x]', '12'];

const book = new PlaceholderBook(new Map());
const NAMES = VALUES.map((value, at) => book.nameOf(at < 2 ? 'PERSON' : 'IP_ADDRESS', value));

/** Texts with placeholders in them, and with what looks like some. */
const text = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
      fc.constantFrom('[', ']', '[PERSON_', '[PERSON_9]', '[[', '[IP_ADDRESS_1', '1]', '[PER', '_', '\\'),
      fc.constantFrom('a', ' ', '"', '\\', '\n', 'é', '漢', '🙂', '\u2028'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.nat(), { maxLength: 60 });

/** The slow way. Names are told apart by their brackets, so that their order is of no account. */
function restoredText(from: string, dress: (value: string) => string = (value) => value): string {
  return from.replaceAll(/\[[A-Z_]+_\d+\]/g, (name) => {
    const value = book.values.get(name);
    return value === undefined ? name : dress(value);
  });
}

function throughRestorer(bytes: Uint8Array, contentType: string, places: readonly number[]): Buffer {
  const restorer = createAnswerRestorer({
    placeholders: book,
    contentType,
    contentEncoding: undefined,
    contentIsJson: false,
  });
  if (restorer === undefined) throw new Error(`${contentType} is not restored`);
  return Buffer.concat([...cutAt(bytes, places).map((piece) => restorer.push(piece)), restorer.finish()]);
}

const escaped = (value: string) => JSON.stringify(value).slice(1, -1);

test('an answer of JSON says what it said, with values for placeholders, however it is cut', () => {
  const layout = fc.constantFrom(undefined, 1, '\t');
  fc.assert(
    fc.property(
      fc.array(text),
      fc.record({ to: text, of: text }),
      layout,
      cuts,
      (texts, call, indent, places) => {
        const object = (dress: (value: string) => string, args: JsonObject) => ({
          id: 7,
          choices: texts.map((content) => ({ message: { content: dress(content), n: 1.5 } })),
          tool: { name: 'arguments', arguments: JSON.stringify(args) },
        });
        const bytes = Buffer.from(
          JSON.stringify(
            object((each) => each, call),
            null,
            indent,
          ),
        );
        const out = throughRestorer(bytes, 'application/json', places);
        const args = { to: restoredText(call.to), of: restoredText(call.of) };
        expect(JSON.parse(out.toString('utf8'))).toEqual(object((each) => restoredText(each), args));
        expect(out).toEqual(throughRestorer(bytes, 'application/json', []));
      },
    ),
  );
});

interface Piece {
  readonly index: number;
  readonly field: 'content' | 'reasoning_content' | 'call0' | 'call1';
  readonly text: string;
}

function deltaOf({ field, text: said }: Piece): JsonObject {
  return field === 'content' || field === 'reasoning_content'
    ? { [field]: said }
    : { tool_calls: [{ index: Number(field.slice(4)), function: { arguments: said } }] };
}

const piece = fc.record({
  index: fc.nat({ max: 2 }),
  field: fc.constantFrom('content', 'reasoning_content', 'call0', 'call1'),
  text: fc.oneof(text, fc.constantFrom('[', '[PERSON', '_1', ']', '2]', '[IP_ADDRESS_', '')),
});

/** All that each text of a stream comes to. */
function textsOf(stream: Uint8Array): Record<string, string> {
  const texts: Record<string, string> = {};
  const add = (name: string, said: string) => {
    texts[name] = (texts[name] ?? '') + said;
  };
  const reader = createSseReader({
    eventCharsMax: 1_000_000,
    onEvent: ({ data }) => {
      if (data === '[DONE]') return;
      for (const { index, delta } of JSON.parse(data).choices) {
        for (const field of ['content', 'reasoning_content']) add(`${index} ${field}`, delta[field] ?? '');
        for (const call of delta.tool_calls ?? []) add(`${index} call${call.index}`, call.function.arguments);
      }
    },
  });
  expect(reader.push(stream)).toBeUndefined();
  reader.finish();
  return texts;
}

function streamOf(
  pieces: readonly Piece[],
  [finish, done]: readonly [boolean, boolean],
  end: string,
): Buffer {
  const choices = pieces.map((each) => ({ index: each.index, delta: deltaOf(each), finish_reason: null }));
  const last = [0, 1, 2].map((index) => ({ index, delta: {}, finish_reason: 'stop' }));
  const chunks = [...choices, ...(finish ? last : [])].map((choice) =>
    JSON.stringify({ id: 'x', choices: [choice] }),
  );
  return Buffer.from(
    [...chunks, ...(done ? ['[DONE]'] : [])].map((data) => `data: ${data}${end}${end}`).join(''),
  );
}

test('each text of a stream is what it was, with values for placeholders, however chunks and bytes are cut', () => {
  const ends = fc.tuple(fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }),
      ends,
      fc.constantFrom('\n', '\r\n'),
      cuts,
      (pieces, end, br, places) => {
        const bytes = streamOf(pieces, end, br);
        const wanted = Object.entries(textsOf(bytes)).map(([name, said]) => {
          return [name, restoredText(said, name.includes('call') ? escaped : undefined)];
        });
        const out = throughRestorer(bytes, 'text/event-stream', places);
        expect(textsOf(out)).toEqual(Object.fromEntries(wanted));
        expect(out).toEqual(throughRestorer(bytes, 'text/event-stream', []));
      },
    ),
    { numRuns: 150 },
  );
});

test('what was redacted and is said again comes back as it was, and no secret goes out', () => {
  const word = fc.constantFrom('a', 'b c', '"', '\\', '\n', '[MAIL_1]', '[MAIL_', 'é', '🙂');
  const secret = fc.stringMatching(/^[a-z]{1,5}@[a-z"\\é]{1,4}$/);
  const parts = fc.array(fc.tuple(word, secret), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(parts, cuts, (said, places) => {
      const prompt = said.map(([plain, mail]) => `${plain}<${mail}>`).join('');
      const body = JSON.stringify({ model: 'auto', prompt });
      const { texts } = promptTexts(body, JSON.parse(body));
      const found = texts.map((each) => ({
        text: each,
        secrets: [...each.text.matchAll(/<([^<>]*)>/g)].map(({ index, 0: { length } }) => {
          return { type: 'MAIL', start: index + 1, end: index + length - 1 };
        }),
      }));
      const redacted = redact(body, found);
      const sent: string = JSON.parse(redacted.body).prompt;
      for (const [, mail] of said) expect(sent).not.toContain(`<${mail}>`);
      const restorer = createAnswerRestorer({
        placeholders: redacted.placeholders,
        contentType: 'application/json',
        contentEncoding: undefined,
        contentIsJson: false,
      });
      const answer = Buffer.from(JSON.stringify({ choices: [{ text: sent }] }));
      const out = cutAt(answer, places).map((each) => restorer?.push(each) ?? each);
      const whole = Buffer.concat([...out, restorer?.finish() ?? new Uint8Array()]).toString('utf8');
      expect(JSON.parse(whole).choices[0].text).toBe(prompt);
    }),
  );
});
