/** What a snippet calls. */
export interface Call {
  /** Of the gateway, without a path. */
  readonly url: string;
  readonly model: string;
  readonly prompt: string;
  readonly stream: boolean;
}

export const LANGUAGES = ['curl', 'Python', 'TypeScript'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The same call as a command or a program. The key is left to the environment: nothing that is copied holds one. */
export function snippet(language: Language, call: Call): string {
  if (language === 'curl') return curl(call);
  return language === 'Python' ? python(call) : typescript(call);
}

function curl({ url, model, prompt, stream }: Call): string {
  const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content: prompt }] });
  return [
    `curl ${stream ? '-N ' : ''}-i ${url}/v1/chat/completions \\`,
    "  -H 'content-type: application/json' \\",
    '  -H "authorization: Bearer $OPENAI_API_KEY" \\',
    `  -d '${body.replaceAll("'", "'\\''")}'`,
  ].join('\n');
}

function python({ url, model, prompt, stream }: Call): string {
  const asked = [
    `    model=${JSON.stringify(model)},`,
    `    messages=[{"role": "user", "content": ${JSON.stringify(prompt)}}],`,
  ];
  const head = ['from openai import OpenAI', '', `client = OpenAI(base_url="${url}/v1")`];
  if (!stream) {
    return [
      ...head,
      'raw = client.chat.completions.with_raw_response.create(',
      ...asked,
      ')',
      'print(raw.headers["x-sextant-model"], raw.headers["x-sextant-cache"])',
      'print(raw.parse().choices[0].message.content)',
    ].join('\n');
  }
  return [
    ...head,
    'stream = client.chat.completions.create(',
    ...asked,
    '    stream=True,',
    ')',
    'for chunk in stream:',
    '    if chunk.choices:',
    '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
  ].join('\n');
}

function typescript({ url, model, prompt, stream }: Call): string {
  const asked = [
    `  model: ${JSON.stringify(model)},`,
    `  messages: [{ role: 'user', content: ${JSON.stringify(prompt)} }],`,
  ];
  const head = ["import OpenAI from 'openai';", '', `const client = new OpenAI({ baseURL: '${url}/v1' });`];
  if (!stream) {
    return [
      ...head,
      'const { data, response } = await client.chat.completions',
      '  .create({',
      ...asked.map((line) => `  ${line}`),
      '  })',
      '  .withResponse();',
      "console.log(response.headers.get('x-sextant-model'), response.headers.get('x-sextant-cache'));",
      'console.log(data.choices[0]?.message.content);',
    ].join('\n');
  }
  return [
    ...head,
    'const stream = await client.chat.completions.create({',
    ...asked,
    '  stream: true,',
    '});',
    "for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');",
  ].join('\n');
}
