import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { inflateBody } from '../../../src/lib/inflate.js';

const TEXT = Buffer.from('{"model":"auto","messages":[{"role":"user","content":"grüße 你好"}]}'.repeat(20));

async function codeOf(body: Uint8Array, encoding: string | undefined, bytesMax: number): Promise<string> {
  const result = await inflateBody(body, encoding, bytesMax);
  return result.ok ? 'ok' : result.error.code;
}

describe('inflateBody', () => {
  test.each<[string | undefined, Buffer]>([
    [undefined, TEXT],
    ['', TEXT],
    ['identity', TEXT],
    ['gzip', zlib.gzipSync(TEXT)],
    [' GZip ', zlib.gzipSync(TEXT)],
    ['x-gzip', zlib.gzipSync(TEXT)],
    ['br', zlib.brotliCompressSync(TEXT)],
    ['deflate', zlib.deflateSync(TEXT)],
    ['deflate', zlib.deflateSync(TEXT, { level: 9, windowBits: 9 })],
    ['deflate', zlib.deflateRawSync(TEXT)],
  ])('decodes %s', async (encoding, body) => {
    const result = await inflateBody(body, encoding, TEXT.length);
    expect(result.ok && Buffer.from(result.value).equals(TEXT)).toBe(true);
  });

  test.each([undefined, 'gzip', 'br', 'deflate'])('refuses one byte too many of %s', async (encoding) => {
    const encode = { gzip: zlib.gzipSync, br: zlib.brotliCompressSync, deflate: zlib.deflateSync };
    const body = encoding === undefined ? TEXT : encode[encoding as keyof typeof encode](TEXT);
    expect(await codeOf(body, encoding, TEXT.length - 1)).toBe('body_too_large');
  });

  test('stops a brotli bomb early', async () => {
    const bomb = await promisify(zlib.brotliCompress)(Buffer.alloc(100_000_000), {
      params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 },
    });
    expect(bomb.length).toBeLessThan(10_000);
    const before = process.memoryUsage().rss;
    expect(await codeOf(bomb, 'br', 1_000_000)).toBe('body_too_large');
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
  });

  test.each(['zstd', 'gzip, br', 'gzip,gzip', 'identity, gzip', 'compress', 'utf-8'])(
    'does not know %s',
    async (encoding) => {
      expect(await codeOf(TEXT, encoding, 1e6)).toBe('unsupported_encoding');
    },
  );

  test.each(['gzip', 'br', 'deflate'])('refuses bytes that are not %s, or are cut off', async (encoding) => {
    expect(await codeOf(TEXT, encoding, 1e6)).toBe('invalid_encoding');
    expect(await codeOf(new Uint8Array(0), encoding, 1e6)).toBe('invalid_encoding');
    const cut = { gzip: zlib.gzipSync, br: zlib.brotliCompressSync, deflate: zlib.deflateSync };
    const whole = cut[encoding as keyof typeof cut](TEXT);
    expect(await codeOf(whole.subarray(0, whole.length - 5), encoding, 1e6)).toBe('invalid_encoding');
  });
});
