import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import OpenAI from 'openai';
import type { Completion } from '../../src/openai/completion.js';
import { completionToJson, completionToSse } from '../../src/openai/render.js';
import { collected, cutAt } from '../support/completions.js';
import { chatAnswer } from '../support/generated-answers.js';

const ANSWERS = 1000;
/** The client's own accumulator keeps every chunk in events, which costs more than the rest together. */
const ACCUMULATED = 200;
const IDENTITY = { id: 'chatcmpl-new', createdS: 1_700_000_000, model: 'auto' };
const ASK = { model: 'auto', messages: [{ role: 'user' as const, content: 'x' }] };

const cases = fc.sample(fc.tuple(chatAnswer, fc.array(fc.nat(), { maxLength: 30 })), {
  numRuns: ANSWERS,
  seed: 5,
});

/** The official client, given these bytes in these pieces whatever it asks. */
function clientOf(contentType: string, pieces: readonly Uint8Array[]): OpenAI {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) if (piece.length > 0) controller.enqueue(piece);
      controller.close();
    },
  });
  const fetch = async () => new Response(body, { headers: { 'content-type': contentType } });
  return new OpenAI({ apiKey: 'none', baseURL: 'http://replay.invalid/v1', maxRetries: 0, fetch });
}

function streamOf(answer: Completion, cuts: readonly number[]): OpenAI {
  const bytes = completionToSse(answer, { ...IDENTITY, includeUsage: true });
  return clientOf('text/event-stream; charset=utf-8', cutAt(bytes, cuts));
}

interface Said {
  content: string | null;
  reasoning: string | null;
  refusal: string | null;
  calls: { id?: string | undefined; name?: string | undefined; arguments: string }[];
  logprobs: unknown[];
  finish: string | null;
}

/** What the user of the client reads, put together from its chunks as its documentation does. */
async function readStream(client: OpenAI) {
  const choices: Said[] = [];
  let usage: unknown;
  const ids = new Set<string>();
  for await (const chunk of await client.chat.completions.create({ ...ASK, stream: true })) {
    ids.add(chunk.id);
    if (chunk.usage) usage = chunk.usage;
    for (const { index, delta, finish_reason, logprobs } of chunk.choices) {
      choices[index] ??= {
        content: null,
        reasoning: null,
        refusal: null,
        calls: [],
        logprobs: [],
        finish: null,
      };
      const said = choices[index];
      said.content = joined(said.content, delta.content);
      said.refusal = joined(said.refusal, delta.refusal);
      said.reasoning = joined(said.reasoning, (delta as { reasoning_content?: string }).reasoning_content);
      said.finish = finish_reason ?? said.finish;
      said.logprobs.push(...(logprobs?.content ?? []));
      for (const call of delta.tool_calls ?? []) {
        const known = said.calls[call.index];
        const text = call.function?.arguments ?? '';
        if (known === undefined)
          said.calls[call.index] = { id: call.id, name: call.function?.name, arguments: text };
        else known.arguments += text;
      }
    }
  }
  return { choices, usage, ids: [...ids] };
}

/** The same of the answer as it was stored. */
function saidBy({ object }: Completion): { choices: Said[]; usage: unknown; ids: string[] } {
  const answer = object as unknown as OpenAI.Chat.ChatCompletion;
  const choices = answer.choices.map(({ message, finish_reason, logprobs }) => ({
    content: message.content ?? null,
    reasoning: (message as { reasoning_content?: string }).reasoning_content ?? null,
    refusal: message.refusal ?? null,
    calls: (message.tool_calls ?? []).map((call) => {
      if (call.type !== 'function') throw new Error('the generator makes functions only');
      return { id: call.id, name: call.function.name, arguments: call.function.arguments };
    }),
    logprobs: logprobs?.content ?? [],
    finish: finish_reason,
  }));
  return { choices, usage: answer.usage, ids: [IDENTITY.id] };
}

function joined(before: string | null, piece: string | null | undefined): string | null {
  return piece === null || piece === undefined ? before : (before ?? '') + piece;
}

test('1,000 answers replayed as streams say the same in the official client', async () => {
  for (const [answer, cuts] of cases) {
    expect(await readStream(streamOf(answer, cuts))).toEqual(saidBy(answer));
  }
}, 120_000);

test("the client's own accumulator puts them together to the same messages", async () => {
  for (const [answer, cuts] of cases.slice(0, ACCUMULATED)) {
    const whole = await streamOf(answer, cuts).chat.completions.stream(ASK).finalChatCompletion();
    const { choices } = answer.object as unknown as OpenAI.Chat.ChatCompletion;
    const essence = ({ message, finish_reason }: OpenAI.Chat.ChatCompletion.Choice) => ({
      content: message.content || null,
      refusal: message.refusal || null,
      calls: (message.tool_calls ?? []).map(
        (call) => call.type === 'function' && [call.id, call.function.arguments],
      ),
      finish_reason,
    });
    expect(whole.choices.map(essence)).toEqual(choices.map(essence));
    expect(whole.usage).toEqual(answer.object['usage']);
  }
}, 120_000);

test('an answer that came as a stream says the same as one JSON body', async () => {
  for (const [answer, cuts] of cases) {
    const bytes = completionToSse(answer, { ...IDENTITY, id: 'upstream', includeUsage: true });
    const { outcome } = collected('chat', 'text/event-stream', cutAt(bytes, cuts));
    if (outcome.kind === 'partial') throw new Error(`not whole: ${outcome.reason}`);
    const client = clientOf('application/json', cutAt(completionToJson(outcome.completion, IDENTITY), cuts));
    const { _request_id, ...whole } = await client.chat.completions.create(ASK);
    expect(whole).toEqual({ ...answer.object, id: IDENTITY.id, created: IDENTITY.createdS, model: 'auto' });
  }
}, 120_000);
