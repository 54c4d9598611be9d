import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Verdict } from '../../src/exchange/verdict.js';
import {
  COLLECTING,
  decided,
  type Outcome,
  type Phase,
  receive,
  responded,
  START,
} from '../../src/extproc/phase.js';
import type { MessageKind, WireRequest } from '../../src/extproc/proto.js';
import { type ProcessCall, serveStream } from '../../src/extproc/stream.js';
import { SextantError } from '../../src/lib/sextant-error.js';
import { noLogger, noTelemetry } from '../../src/telemetry/contract.js';
import { Call } from '../support/process-call.js';
import { PLAIN_FORWARD, type Script, scriptedExchange } from '../support/scripted-exchange.js';

const KINDS: readonly MessageKind[] = [
  'request_headers',
  'request_body',
  'request_trailers',
  'response_headers',
  'response_body',
  'response_trailers',
];

const REJECT: Verdict = { kind: 'reject', error: new SextantError('overloaded', 'Later.'), headers: [] };
const REPLY: Verdict = { kind: 'reply', status: 200, headers: [], body: Buffer.from('{}') };
const PASS: Verdict = { kind: 'pass', setHeaders: [], removeHeaders: [] };

const kind = fc.constantFrom(...KINDS);
const message = fc.record({ kind, endOfStream: fc.boolean() });

describe('the phase machine', () => {
  test('takes any message in any phase, and a refusal is final', () => {
    const outcome = fc.constantFrom<Outcome>('read-body', 'send-on', 'answer');
    const walk = fc.array(
      fc.record({ message, outcome, readBody: fc.boolean(), rewriteBody: fc.boolean() }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(walk, (steps) => {
        let phase: Phase = START;
        for (const step of steps) {
          const taken = receive(phase, step.message.kind, step.message.endOfStream);
          expect(['tell', 'let-go', 'let-go-and-tell', 'gather', 'ignore', 'refuse']).toContain(taken.act);
          if (phase.at === 'closed') expect(taken.act).toBe('refuse');
          if (taken.act === 'refuse') expect(taken.phase.at).toBe('closed');
          phase = taken.phase;
          if (taken.act === 'tell') phase = settle(phase, step);
        }
      }),
    );
  });

  test('lets no request go by that the story did not send on', () => {
    fc.assert(
      fc.property(message, fc.boolean(), ({ kind, endOfStream }, isResponded) => {
        const undecided: readonly Phase[] = [
          START,
          { at: 'request-body' },
          COLLECTING,
          { at: 'deciding', responded: isResponded },
        ];
        for (const phase of undecided) {
          if (!kind.startsWith('request')) continue;
          expect(['tell', 'gather', 'refuse']).toContain(receive(phase, kind, endOfStream).act);
        }
      }),
    );
  });
});

/** What may happen on a stream: a message, the story making up its mind, time passing, the end. */
type Event =
  | {
      readonly do: 'send';
      readonly kind: MessageKind;
      readonly endOfStream: boolean;
      readonly watch: boolean;
    }
  | { readonly do: 'garbage' }
  | { readonly do: 'settle' }
  | { readonly do: 'wait' }
  | { readonly do: 'half-close' }
  | { readonly do: 'cancel' };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: message.map((m): Event => ({ do: 'send', ...m, watch: false })) },
  // The usual order, so that the later phases are reached often enough.
  {
    weight: 8,
    arbitrary: fc
      .constantFrom<MessageKind>('request_headers', 'request_body', 'response_headers', 'response_body')
      .map((kind): Event => ({ do: 'send', kind, endOfStream: kind === 'request_body', watch: false })),
  },
  { weight: 3, arbitrary: fc.constant<Event>({ do: 'settle' }) },
  { weight: 2, arbitrary: fc.constant<Event>({ do: 'wait' }) },
  { weight: 1, arbitrary: fc.constant<Event>({ do: 'garbage' }) },
  { weight: 1, arbitrary: fc.constant<Event>({ do: 'half-close' }) },
  { weight: 1, arbitrary: fc.constant<Event>({ do: 'cancel' }) },
);

const usualStart: fc.Arbitrary<Event[]> = fc.constantFrom<Event[]>(
  [],
  [send('request_headers')],
  [send('request_headers'), send('request_body', true), { do: 'settle' }],
  [
    send('request_headers'),
    send('request_body', true),
    { do: 'settle' },
    send('response_headers'),
    send('response_body'),
  ],
);

const script = fc.record({
  head: fc.constantFrom(undefined, PASS, PLAIN_FORWARD, REPLY, REJECT),
  body: fc.constantFrom<Verdict>(PASS, PLAIN_FORWARD, REPLY, REJECT),
  readBody: fc.boolean(),
  rewriteBody: fc.boolean(),
  asks: fc.boolean(),
  throwIn: fc.subarray(
    ['requestHead', 'requestBody', 'responseHead', 'rewriteBody', 'responseBody', 'fail'],
    {
      maxLength: 2,
    },
  ),
});

describe('a stream', () => {
  test('never replies twice, never crashes, never ends silently, closes its exchange once', async () => {
    await fc.assert(
      fc.asyncProperty(usualStart, fc.array(event, { maxLength: 10 }), script, async (start, rest, said) => {
        const stage = new Stage(said);
        for (const step of [...start, ...rest]) await stage.play(step);
        await stage.finish();
        stage.check();
      }),
      { numRuns: 1500 },
    );
  });

  test('that is only watched is never written to', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 10 }), script, async (events, said) => {
        const stage = new Stage(said);
        for (const step of events) {
          await stage.play(step.do === 'send' ? { ...step, watch: true } : step);
        }
        await stage.finish();
        expect(stage.call.replies).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

/** A stream under test together with all that happened to it. */
class Stage {
  readonly call = new FakeCall((reply) => this.replied(reply));
  private readonly told: string[] = [];
  /** Messages that reached the stream while it was open, and still want a reply. */
  private readonly owed: string[] = [];
  /** Replies to nothing. */
  private readonly surplus: string[] = [];
  private immediates = 0;
  private overrides = 0;
  private settleBody: () => void = () => {};

  constructor(said: {
    head: Verdict | undefined;
    body: Verdict;
    readBody: boolean;
    rewriteBody: boolean;
    asks: boolean;
    throwIn: string[];
  }) {
    const line: Script = {
      ...(said.head === undefined ? {} : { requestHead: said.head }),
      requestBody: () => new Promise((resolve) => (this.settleBody = () => resolve(said.body))),
      responseHead: {
        setHeaders: [],
        removeHeaders: [],
        readBody: said.readBody,
        rewriteBody: said.rewriteBody,
      },
      rewriteBody: () => new Uint8Array(0),
      throwIn: said.throwIn,
      ...(said.asks ? { askForTimeMs: 5 } : {}),
    };
    serveStream(this.call as unknown as ProcessCall, {
      open: scriptedExchange(line, this.told),
      bodyBytesMax: 1000,
      logger: noLogger,
      telemetry: noTelemetry,
    });
  }

  async play(event: Event): Promise<void> {
    if (this.call.over) return;
    if (event.do === 'send') this.send(event);
    else if (event.do === 'garbage') this.garbage();
    else if (event.do === 'settle') this.settleBody();
    else if (event.do === 'half-close') this.call.emit('end');
    else if (event.do === 'cancel') this.call.cancel();
    if (event.do === 'settle' || event.do === 'wait') await new Promise((resolve) => setImmediate(resolve));
  }

  /** Envoy closes in the end, whatever came before; what the story says later must change nothing. */
  async finish(): Promise<void> {
    if (!this.call.over) this.call.emit('end');
    if (!this.call.over) this.call.cancel();
    this.settleBody();
    await new Promise((resolve) => setImmediate(resolve));
  }

  check(): void {
    const { call, told, owed } = this;
    expect(call.writtenAfterEnd).toBe(0);
    expect(this.surplus).toEqual([]);
    expect(this.immediates).toBeLessThanOrEqual(1);
    expect(this.overrides).toBeLessThanOrEqual(1);
    // A clean end is a yes: nothing may be owed then.
    if (call.ended) expect(owed).toEqual([]);
    expect(told.filter((line) => line === 'close').length).toBe(told.length === 0 ? 0 : 1);
    if (told.length > 0) expect(told.at(-1)).toBe('close');
  }

  /** Each reply is held against what is owed at that very moment. */
  private replied(reply: Record<string, unknown>): void {
    const what = Object.keys(reply).find((key) => key !== 'mode_override' && key !== 'response') ?? '';
    if (what === 'override_message_timeout') {
      this.overrides += 1;
      return;
    }
    const index = what === 'immediate_response' ? 0 : this.owed.indexOf(what);
    if (index < 0 || this.owed.length === 0) this.surplus.push(what);
    else if (what !== 'immediate_response') this.owed.splice(index, 1);
    if (what !== 'immediate_response') return;
    // It answers the whole request, whatever else was asked, and whatever crosses it on the way.
    this.immediates += 1;
    this.owed.length = 0;
  }

  private isOwed(kind: MessageKind): boolean {
    return this.immediates === 0 || kind.startsWith('response') || kind === 'request_headers';
  }

  private garbage(): void {
    this.owed.push('garbage');
    this.call.emit('data', Buffer.from([0xff, 0xff, 0xff]));
  }

  private send(message: { kind: MessageKind; endOfStream: boolean; watch: boolean }): void {
    if (!message.watch && this.isOwed(message.kind)) this.owed.push(message.kind);
    this.call.say(wireOf(message));
  }
}

class FakeCall extends Call {
  writtenAfterEnd = 0;
  over = false;

  constructor(private readonly onReply: (reply: Record<string, unknown>) => void) {
    super();
    this.on('error', () => {
      this.over = true;
    });
  }

  override write(bytes: Buffer): boolean {
    if (this.over) this.writtenAfterEnd += 1;
    const more = super.write(bytes);
    const [reply] = this.replies.slice(-1);
    if (reply !== undefined) this.onReply(reply);
    return more;
  }

  override end(): void {
    super.end();
    this.over = true;
  }

  cancel(): void {
    this.over = true;
    this.emit('cancelled');
  }
}

function settle(
  phase: Phase,
  step: { outcome: Outcome; readBody: boolean; rewriteBody: boolean; message: { endOfStream: boolean } },
): Phase {
  if (phase.at === 'request-headers') return decided(phase, step.outcome, true);
  if (phase.at === 'deciding') return decided(phase, step.outcome === 'answer' ? 'answer' : 'send-on', false);
  if (phase.at !== 'response-headers' && phase.at !== 'request-body') return phase;
  const { readBody, rewriteBody } = step;
  return responded(phase, { readBody, rewriteBody, endOfStream: step.message.endOfStream });
}

function send(kind: MessageKind, endOfStream = false): Event {
  return { do: 'send', kind, endOfStream, watch: false };
}

function wireOf(message: { kind: MessageKind; endOfStream: boolean; watch: boolean }) {
  const { kind, endOfStream, watch } = message;
  const part = kind.endsWith('trailers') ? {} : { end_of_stream: endOfStream };
  const wire: Partial<Record<MessageKind, unknown>> & Pick<WireRequest, 'observability_mode'> = {
    [kind]: part,
    ...(watch ? { observability_mode: true } : {}),
  };
  return wire;
}
