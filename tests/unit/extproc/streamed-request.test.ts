import { describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../../src/exchange/verdict.js';
import { type ProcessCall, serveStream } from '../../../src/extproc/stream.js';
import { noLogger } from '../../../src/telemetry/contract.js';
import { HandTime, settled } from '../../support/hand-timers.js';
import { Call } from '../../support/process-call.js';
import { type Script, scriptedExchange } from '../../support/scripted-exchange.js';

/** A call that takes `room` replies, then says that it is full until it is drained. */
class NarrowCall extends Call {
  readonly ends: string[] = [];
  room = Number.POSITIVE_INFINITY;

  override write(reply: Buffer): boolean {
    return super.write(reply) && this.replies.length < this.room;
  }
  override end(): void {
    this.ends.push('end');
  }
}

function play(script: Script) {
  const call = new NarrowCall();
  const time = new HandTime();
  const told: string[] = [];
  const failures: string[] = [];
  call.on('error', (error: Error & { code: number }) => void call.ends.push(`error ${error.code}`));
  serveStream(call as unknown as ProcessCall, {
    open: scriptedExchange(script, told),
    bodyBytesMax: 100,
    logger: noLogger,
    telemetry: { exchange: () => {}, streamFailed: (code) => void failures.push(code) },
    decideMsMax: 1000,
    time,
  });
  call.say({ request_headers: {}, protocol_config: { request_body_mode: 4 } });
  const ask = async () => {
    call.say({ request_body: { body: Buffer.from('{}'), end_of_stream: true } });
    await settled();
  };
  return { call, time, told, failures, ask };
}

const EVENTS = Array.from({ length: 10 }, (_, at) => `data: ${at}\n\n`).join('');
const hit: Verdict = {
  kind: 'reply',
  status: 200,
  headers: [],
  body: Buffer.from(EVENTS),
  stream: { eventsPerSecond: 10 },
};
const never = { requestBody: () => new Promise<Verdict>(() => {}) };

describe('a decision that does not come', () => {
  test('is an error after the time that Envoy would have waited', async () => {
    const { call, time, ask, failures, told } = play(never);
    await ask();
    await time.pass(999);
    expect(call.replies).toEqual([]);
    await time.pass(1);
    expect(call.replies).toMatchObject([{ immediate_response: { status: { code: 504 } } }]);
    expect(failures).toEqual(['deadline_exceeded']);
    expect(told).toContain('fail deadline_exceeded');
  });

  test('may ask for more time, which Envoy is not told of', async () => {
    const { call, time, ask } = play({ ...never, askForTimeMs: 5000 });
    await ask();
    await time.pass(5999);
    expect(call.replies).toEqual([]);
    await time.pass(1);
    expect(call.replies).toHaveLength(1);
  });

  test('is waited for no longer once it is there, or the client is gone', async () => {
    const decided = play({});
    await decided.ask();
    await decided.time.pass(5000);
    expect(decided.call.replies.map((reply) => Object.keys(reply)[0])).toEqual([
      'request_headers',
      'request_body',
    ]);
    const left = play(never);
    await left.ask();
    left.call.emit('cancelled');
    await left.time.pass(5000);
    expect([left.call.replies, left.failures]).toEqual([[], []]);
  });
});

describe('a hit that is sent event by event', () => {
  test('stops with the client, and tells the story once', async () => {
    const { call, time, ask, told } = play({ requestBody: hit });
    await ask();
    await time.pass(350);
    const sent = call.replies.length;
    expect(sent).toBe(5);
    call.emit('cancelled');
    await time.pass(5000);
    expect(call.replies).toHaveLength(sent);
    expect(told.filter((line) => line === 'close')).toHaveLength(1);
  });

  test('waits for Envoy to take it', async () => {
    const { call, time, ask } = play({ requestBody: hit });
    call.room = 2;
    await ask();
    await time.pass(5000);
    expect(call.replies).toHaveLength(2);
    call.emit('drain');
    expect(call.replies).toHaveLength(3);
    expect(call.replies.at(-1)).toMatchObject({
      streamed_immediate_response: { body_response: { end_of_stream: true } },
    });
  });

  test('has no clean end before its last event, and has one after it', async () => {
    const cut = play({ requestBody: hit });
    await cut.ask();
    cut.call.emit('end');
    expect(cut.call.ends).toEqual(['error 1']);
    const whole = play({ requestBody: hit });
    await whole.ask();
    await whole.time.pass(5000);
    whole.call.emit('end');
    expect(whole.call.ends).toEqual(['end']);
  });

  test('that breaks ends the stream with an error', async () => {
    const { call, time, ask, failures } = play({ requestBody: hit });
    await ask();
    call.write = () => {
      throw new Error('gone');
    };
    await time.pass(200);
    expect([call.ends, failures]).toEqual([['error 13'], ['internal_error']]);
  });
});

test('a client that leaves before its body is whole leaves no clean end', () => {
  const { call, told } = play({});
  call.say({ request_body: { body: Buffer.from('{') } });
  call.emit('end');
  expect(call.ends).toEqual(['error 1']);
  expect(told.at(-1)).toBe('close');
});

test('the story may not replace a body that is still on its way', () => {
  const requestHead: Verdict = {
    kind: 'forward',
    setHeaders: [],
    removeHeaders: [],
    body: Buffer.from('{}'),
  };
  const { call, failures } = play({ requestHead });
  expect(call.replies).toMatchObject([{ immediate_response: { status: { code: 500 } } }]);
  expect(failures).toEqual(['internal_error']);
});
