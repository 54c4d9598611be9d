import { describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../../src/exchange/verdict.js';
import { type ProcessCall, type StreamContext, serveStream } from '../../../src/extproc/stream.js';
import { noLogger, noTelemetry } from '../../../src/telemetry/contract.js';
import { Call } from '../../support/process-call.js';
import { PLAIN_FORWARD, scriptedExchange } from '../../support/scripted-exchange.js';

class SlowCall extends Call {
  readonly log: string[] = [];
  override write(_: Buffer): boolean {
    this.log.push('write');
    return false;
  }
  override pause(): void {
    this.log.push('pause');
  }
  override resume(): void {
    this.log.push('resume');
  }
  override end(): void {
    this.log.push('end');
  }
}

function serve(call: Call, context: Partial<StreamContext>): void {
  serveStream(call as unknown as ProcessCall, {
    open: scriptedExchange({}, []),
    bodyBytesMax: 10,
    logger: noLogger,
    telemetry: noTelemetry,
    ...context,
  });
}

describe('a stream', () => {
  test('stops reading while Envoy does not take its replies', () => {
    const call = new SlowCall();
    serve(call, {});
    call.say({ request_headers: {} });
    expect(call.log).toEqual(['write', 'pause']);
    call.emit('drain');
    expect(call.log).toEqual(['write', 'pause', 'resume']);
  });

  test('tells of a failure by place and code, never by the words of a foreign error', async () => {
    const lines: unknown[] = [];
    const codes: string[] = [];
    const note = (fields: unknown, message: string) => void lines.push({ fields, message });
    const call = new SlowCall();
    serve(call, {
      open: scriptedExchange({ throwIn: ['requestHead', 'close'] }, []),
      logger: { info: note, warn: note, error: note },
      telemetry: { exchange: () => {}, streamFailed: (code) => void codes.push(code) },
    });
    call.say({ request_headers: {} });
    call.emit('cancelled');
    expect(codes).toEqual(['internal_error', 'internal_error']);
    expect(JSON.stringify(lines)).not.toContain('scripted:');
    expect(JSON.stringify(lines)).toContain('TypeError');
    expect(JSON.stringify(lines)).toContain('scripted-exchange.ts');
  });

  test('that is watched and too large is watched no longer', () => {
    const told: string[] = [];
    const call = new SlowCall();
    serve(call, { open: scriptedExchange({}, told) });
    call.say({ request_headers: {}, observability_mode: true });
    for (let piece = 0; piece < 3; piece += 1) {
      call.say({ request_body: { body: Buffer.from('12345') }, observability_mode: true });
    }
    expect(told).toEqual(['open', 'requestHead  ', 'fail body_too_large', 'close']);
    call.emit('end');
    expect(call.log).toEqual(['end']);
  });

  describe('that is watched while its request is being decided', () => {
    const SENT = { observability_mode: true };
    const piece = (text: string, end = false) => ({
      ...SENT,
      response_body: { body: Buffer.from(text), end_of_stream: end },
    });

    /** Stands before its decision, with the head of the answer on its heels. */
    function deciding() {
      const told: string[] = [];
      const call = new SlowCall();
      let decide = (): void => {};
      const decision = new Promise<Verdict>((resolve) => {
        decide = () => resolve(PLAIN_FORWARD);
      });
      const responseHead = { setHeaders: [], removeHeaders: [], readBody: true };
      const open = scriptedExchange({ requestBody: () => decision, responseHead }, told);
      serve(call, { open });
      call.say({ ...SENT, request_headers: {} });
      call.say({ ...SENT, request_body: { body: Buffer.from('ask'), end_of_stream: true } });
      call.say({ ...SENT, response_headers: {} });
      const settled = async () => {
        decide();
        for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        return told.slice(2);
      };
      return { call, settled };
    }

    test('hears its answer once it is decided, and leaves when that is over', async () => {
      const { call, settled } = deciding();
      call.say(piece('a'));
      call.say(piece('b', true));
      expect(await settled()).toEqual([
        'requestBody ask',
        'responseHead 0',
        'responseBody a',
        'responseBody b end',
        'close',
      ]);
      expect(call.log).toEqual(['end']);
    });

    test('hears the rest of its answer as it comes', async () => {
      const { call, settled } = deciding();
      call.say(piece('a'));
      expect((await settled()).at(-1)).toBe('responseBody a');
      call.say(piece('b', true));
      expect((await settled()).slice(-2)).toEqual(['responseBody b end', 'close']);
    });

    test('keeps no more of its answer than it has room for', async () => {
      const { call, settled } = deciding();
      call.say(piece('a'.repeat(300_000)));
      call.say(piece('b', true));
      expect(await settled()).toEqual(['requestBody ask', 'responseHead 0', 'close']);
      expect(call.log).toEqual(['end']);
    });

    test.each(['end', 'cancelled'])('is decided although Envoy has gone by %s', async (how) => {
      const { call, settled } = deciding();
      call.emit(how);
      expect((await settled()).at(-1)).toBe('close');
    });
  });

  test('copes with a story that throws something that is no error', () => {
    const lines: unknown[] = [];
    const call = new SlowCall();
    call.on('error', () => {});
    serve(call, {
      open: () => {
        throw 'nothing';
      },
      logger: { ...noLogger, error: (fields) => void lines.push(fields) },
    });
    call.say({ request_headers: {} });
    expect(lines).toEqual([{ code: 'internal_error', phase: 'request-headers', error: 'string', at: [] }]);
  });

  test('puts other bytes in the place of those that the story changes, and tells it of the first ones', async () => {
    const told: string[] = [];
    const call = new Call();
    const open = scriptedExchange(
      {
        responseHead: { setHeaders: [], removeHeaders: [], readBody: true, rewriteBody: true },
        rewriteBody: (piece) => (piece.length > 3 ? Buffer.from('other') : new Uint8Array(0)),
      },
      told,
    );
    serve(call, { open, bodyBytesMax: 100 });
    call.say({ request_headers: {} });
    call.say({ request_body: { body: Buffer.from('{}'), end_of_stream: true } });
    await new Promise((resolve) => setImmediate(resolve));
    call.say({ response_headers: {} });
    call.replies.length = 0;
    call.say({ response_body: { body: Buffer.from('long') } });
    call.say({ response_body: { body: Buffer.from('abc'), end_of_stream: true } });
    call.say({ response_trailers: {} });
    await new Promise((resolve) => setImmediate(resolve));
    expect(told.slice(-4)).toEqual([
      'rewriteBody long',
      'rewriteBody abc end',
      'responseBody long',
      'responseBody abc end',
    ]);
    expect(call.replies).toMatchObject([
      { response_body: { response: { body_mutation: { body: Buffer.from('other') } } } },
      { response_body: { response: { body_mutation: { body: Buffer.alloc(0) } } } },
      { response_trailers: {} },
    ]);
  });
});
