import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  cleanValue,
  headerMutation,
  readHeaders,
  readRequestHead,
  readResponseHead,
} from '../../../src/extproc/wire.js';

const raw = (key: string, bytes: string | number[]) => ({ key, raw_value: Buffer.from(bytes as string) });

describe('header maps', () => {
  test('names are lower case, raw values win, and values of one name are joined', () => {
    const headers = readHeaders({
      headers: {
        headers: [
          raw('Accept', 'a'),
          raw('accept', 'b'),
          { key: 'x', value: 'old' },
          { ...raw('y', 'new'), value: 'old' },
          { key: 'z' },
        ],
      },
    });
    expect(Object.fromEntries(headers)).toEqual({ accept: 'a, b', x: 'old', y: 'new', z: '' });
  });

  test('values that are no UTF-8 stay apart', () => {
    const one = readHeaders({ headers: { headers: [raw('k', [0x61, 0xff])] } }).get('k');
    const other = readHeaders({ headers: { headers: [raw('k', [0x61, 0xfe])] } }).get('k');
    expect(one).not.toEqual(other);
  });

  test('a plain Uint8Array reads like a Buffer', () => {
    const headers = readHeaders({ headers: { headers: [{ key: 'k', raw_value: new Uint8Array([0x61]) }] } });
    expect(headers.get('k')).toBe('a');
  });

  test('heads without headers read as empty', () => {
    expect(readRequestHead({})).toMatchObject({ method: '', path: '', endOfStream: false });
    expect(readResponseHead({ end_of_stream: true })).toMatchObject({ status: 0, endOfStream: true });
    expect(readResponseHead({ headers: { headers: [raw(':status', 'x')] } }).status).toBe(0);
  });
});

describe('mutations', () => {
  test.each([
    ['a\r\nb: c', 'a b: c'],
    ['\u0000a\u007f', 'a'],
    ['tab\there', 'tab here'],
    ['schön', 'schön'],
  ])('%j is sent as %j', (value, sent) => {
    expect(cleanValue(value)).toBe(sent);
  });

  test('what is set is not removed', () => {
    const mutation = headerMutation([{ name: 'a', value: '1' }], ['a', 'b']);
    expect(mutation).toEqual({ set: [{ name: 'a', value: '1' }], remove: ['b'] });
  });

  test('what is set is cleaned', () => {
    expect(headerMutation([{ name: 'a', value: '1\n' }], []).set).toEqual([{ name: 'a', value: '1' }]);
  });

  test('the look that spares the pattern lets nothing through', () => {
    const mixed = fc.string({
      unit: fc.constantFrom(' ', 'a', '\u0000', '\u001f', '~', '\u007f', '\u009f', '\u00a0', 'ü'),
    });
    fc.assert(
      fc.property(fc.oneof(mixed, fc.string({ unit: 'binary' })), (value) => {
        expect(cleanValue(value)).toBe(value.replace(/\p{Cc}+/gu, ' ').trim());
      }),
    );
  });
});
