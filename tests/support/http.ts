import { request } from 'node:http';

/** What a client got back, to the last byte. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; values of repeated fields joined by a comma, as node does. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** False when the connection ended before the body did. */
  readonly whole: boolean;
}

export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

const TIMEOUT_MS = 15_000;

/** Asks once, over a connection of its own. Rejects only when not even a head came. */
export function ask(url: string, question: Question): Promise<Answer> {
  const body = question.body ?? '';
  const method = question.method ?? 'POST';
  const headers: Record<string, string | string[]> = {};
  if (body.length > 0) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  for (const [name, value] of Object.entries(question.headers ?? {})) {
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  return new Promise((resolve, reject) => {
    const sent = request(new URL(question.path ?? '/v1/chat/completions', url), {
      method,
      headers,
      agent: false,
      timeout: TIMEOUT_MS,
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    sent.on('error', reject);
    sent.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      // A cut answer ends with an error, which is what some tests want to see; `whole` tells it.
      response.on('error', () => {});
      response.on('close', () => {
        const bytes = Buffer.concat(pieces);
        const answered: Record<string, string> = {};
        for (const [name, value] of Object.entries(response.headers)) {
          if (value !== undefined) answered[name] = typeof value === 'string' ? value : value.join(', ');
        }
        resolve({
          status: response.statusCode ?? 0,
          headers: answered,
          bytes,
          text: bytes.toString('utf8'),
          whole: response.complete,
        });
      });
    });
    sent.end(body);
  });
}

/** Whether somebody answers there, and that all is well. */
export function isOk(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}

/** Whether requests go through Envoy by way of Sextant: only an answer that it signed shows that Envoy takes it for healthy. */
export function isThrough(url: string): Promise<boolean> {
  return ask(url, { method: 'GET', path: '/v1/models' }).then(
    (answer) => answer.headers['x-sextant-id'] !== undefined,
    () => false,
  );
}

/** The texts of `choices[0]` of an answer, whichever way it came: one JSON body or a stream of events. */
export function contentOf(answer: Answer): string {
  if (answer.headers['content-type']?.startsWith('text/event-stream') !== true) {
    return JSON.parse(answer.text).choices[0].message.content;
  }
  return eventsOf(answer)
    .filter((event) => event !== '[DONE]')
    .flatMap((event) => JSON.parse(event).choices)
    .map((choice: { delta: { content?: string | null } }) => choice.delta.content ?? '')
    .join('');
}

/** The `data` of every event of a stream. */
export function eventsOf(answer: Answer): string[] {
  return answer.text
    .split(/\r?\n\r?\n/)
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length));
}
