import { describe, expect, test } from '@jest/globals';
import { promptTexts } from '../../../src/openai/prompt-texts.js';

function textsOf(request: object): readonly string[] {
  const body = JSON.stringify(request);
  return promptTexts(body, JSON.parse(body)).texts.map(({ text }) => text);
}

const call = (name: string, args: string) => ({
  id: 'c',
  type: 'function',
  function: { name, arguments: args },
});

describe('what a request says', () => {
  test.each<[what: string, request: object, texts: readonly string[]]>([
    [
      'turns, whoever speaks',
      {
        model: 'auto',
        messages: [
          { role: 'system', content: 'one' },
          { role: 'user', name: 'ann', content: 'two' },
          { role: 'assistant', content: null, refusal: 'three', reasoning_content: 'four' },
          { role: 'tool', tool_call_id: 'c', content: 'five' },
        ],
      },
      ['one', 'two', 'three', 'four', 'five'],
    ],
    [
      'content in parts, those of unknown types among them',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'one' },
              'two',
              { type: 'image_url', image_url: { url: 'https://ann@example.com' } },
              { type: 'refusal', refusal: 'three' },
              { type: 'tool_result', tool_use_id: 'x', content: [{ type: 'text', text: 'four' }] },
              { type: 'file', file: { file_data: 'data:' } },
            ],
          },
        ],
      },
      ['one', 'two', 'three', 'four'],
    ],
    [
      'arguments of calls',
      {
        messages: [
          {
            role: 'assistant',
            tool_calls: [
              call('look', '{"a":1}'),
              { id: 'd', type: 'custom', custom: { name: 'n', input: 'two' } },
            ],
          },
          { role: 'assistant', function_call: { name: 'look', arguments: 'three' } },
        ],
      },
      ['{"a":1}', 'two', 'three'],
    ],
    ['a prompt', { model: 'auto', prompt: 'one', suffix: 'two' }, ['one', 'two']],
    ['several prompts', { prompt: ['one', 'two'] }, ['one', 'two']],
    ['texts to embed', { input: ['one', 'two'], model: 'm' }, ['one', 'two']],
    [
      'what stands beside the conversation',
      {
        user: 'one',
        safety_identifier: 'two',
        metadata: { a: 'three' },
        documents: [{ title: 'four', text: 'five' }],
        prediction: { type: 'content', content: [{ type: 'text', text: 'six' }] },
      },
      ['one', 'two', 'three', 'four', 'five', 'six'],
    ],
    [
      'nothing of what must stay as it is',
      {
        model: 'auto',
        stop: ['a'],
        tools: [{ type: 'function', function: { name: 'n', description: 'd' } }],
        response_format: { type: 'json_schema', json_schema: { name: 'n' } },
        input: [{ text: 'a' }],
      },
      [],
    ],
  ])('%s', (_, request, texts) => {
    expect(textsOf(request)).toEqual(texts);
  });

  test('knows the turns that the operator writes', () => {
    const request = {
      messages: ['system', 'user', 'developer', 'assistant'].map((role) => ({ role, content: role })),
      prompt: 'a',
    };
    const { texts } = promptTexts(JSON.stringify(request), request);
    expect(texts.filter(({ byOperator }) => byOperator).map(({ text }) => text)).toEqual([
      'system',
      'developer',
    ]);
  });

  test('knows texts that are JSON themselves', () => {
    const request = {
      messages: [{ role: 'assistant', tool_calls: [call('a', '{"b":"c"}'), call('d', '{"b":')] }],
    };
    const { texts } = promptTexts(JSON.stringify(request), request);
    expect(texts.map(({ text, partsOf }) => partsOf({ start: 0, end: text.length }).length)).toEqual([2, 1]);
  });

  test('knows where a stretch stands', () => {
    const body = '{ "prompt": "Say \\"\\u00e9\\" to Ann" }';
    const { texts } = promptTexts(body, JSON.parse(body));
    const span = texts[0]?.spanOf({ start: 4, end: 7 });
    expect(body.slice(span?.start, span?.end)).toBe('\\"\\u00e9\\"');
  });

  test.each<[request: object, unreadable: boolean]>([
    [{ prompt: [1, 2] }, true],
    [{ prompt: [[1], [2]] }, true],
    [{ input: [1] }, true],
    [{ prompt_embeds: 'AAAA' }, true],
    [{ prompt: ['a'], prompt_embeds: null, input: 'b' }, false],
  ])('of %j it knows whether it can be read', (request, unreadable) => {
    expect(promptTexts(JSON.stringify(request), JSON.parse(JSON.stringify(request))).unreadable).toBe(
      unreadable,
    );
  });
});
