import { EventEmitter } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { clientDefinition } from '../../../src/extproc/proto.js';
import { type ProcessCall, type StreamContext, serveStream } from '../../../src/extproc/stream.js';
import { noLogger, noTelemetry } from '../../../src/telemetry/contract.js';
import { scriptedExchange } from '../../support/scripted-exchange.js';

class SlowCall extends EventEmitter {
  readonly metadata = new Metadata();
  readonly log: string[] = [];
  write(): boolean {
    this.log.push('write');
    return false;
  }
  pause(): void {
    this.log.push('pause');
  }
  resume(): void {
    this.log.push('resume');
  }
  end(): void {
    this.log.push('end');
  }
}

function serve(call: EventEmitter, context: Partial<StreamContext>): void {
  serveStream(call as unknown as ProcessCall, {
    open: scriptedExchange({}, []),
    bodyBytesMax: 10,
    logger: noLogger,
    telemetry: noTelemetry,
    ...context,
  });
}

function bytes(message: object): Buffer {
  return clientDefinition()['Process']?.requestSerialize(message) ?? Buffer.alloc(0);
}

describe('a stream', () => {
  test('stops reading while Envoy does not take its replies', () => {
    const call = new SlowCall();
    serve(call, {});
    call.emit('data', bytes({ request_headers: {} }));
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
    call.emit('data', bytes({ request_headers: {} }));
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
    call.emit('data', bytes({ request_headers: {}, observability_mode: true }));
    for (let piece = 0; piece < 3; piece += 1) {
      call.emit('data', bytes({ request_body: { body: Buffer.from('12345') }, observability_mode: true }));
    }
    expect(told).toEqual(['open', 'requestHead  ', 'fail body_too_large']);
    call.emit('end');
    expect(told.at(-1)).toBe('close');
    expect(call.log).toEqual(['end']);
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
    call.emit('data', bytes({ request_headers: {} }));
    expect(lines).toEqual([{ code: 'internal_error', phase: 'request-headers', error: 'string', at: [] }]);
  });

  test('puts other bytes in the place of those that the story changes, and tells it of the first ones', async () => {
    const told: string[] = [];
    const written: Buffer[] = [];
    const call = new SlowCall();
    call.write = () => true;
    const open = scriptedExchange(
      {
        responseHead: { setHeaders: [], removeHeaders: [], readBody: true, rewriteBody: true },
        rewriteBody: (piece) => (piece.length > 3 ? Buffer.from('other') : new Uint8Array(0)),
      },
      told,
    );
    serve(call, { open, bodyBytesMax: 100 });
    call.emit('data', bytes({ request_headers: {} }));
    call.emit('data', bytes({ request_body: { body: Buffer.from('{}'), end_of_stream: true } }));
    await new Promise((resolve) => setImmediate(resolve));
    call.emit('data', bytes({ response_headers: {} }));
    call.write = ((reply: Buffer) => written.push(reply) > 0) as typeof call.write;
    call.emit('data', bytes({ response_body: { body: Buffer.from('long') } }));
    call.emit('data', bytes({ response_body: { body: Buffer.from('abc'), end_of_stream: true } }));
    call.emit('data', bytes({ response_trailers: {} }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told.slice(-4)).toEqual([
      'rewriteBody long',
      'rewriteBody abc end',
      'responseBody long',
      'responseBody abc end',
    ]);
    const decode = clientDefinition()['Process']?.responseDeserialize;
    expect(written.map((reply) => decode?.(reply))).toMatchObject([
      { response_body: { response: { body_mutation: { body: Buffer.from('other') } } } },
      { response_body: { response: { body_mutation: { body: Buffer.alloc(0) } } } },
      { response_trailers: {} },
    ]);
  });
});
