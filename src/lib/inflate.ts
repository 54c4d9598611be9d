import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { err, ok, type Result } from './result.js';
import { SextantError } from './sextant-error.js';

type Decode = (body: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Promise<Buffer>;

const decodeGzip: Decode = promisify(gunzip);
const decodeBrotli: Decode = promisify(brotliDecompress);
const decodeZlib: Decode = promisify(inflate);
const decodeRaw: Decode = promisify(inflateRaw);

/** Output is collected in pieces of this size; the default of 16 KiB makes a thousand events of a 16 MiB body. */
const CHUNK_BYTES = 65_536;

/**
 * Decodes a request body by its `content-encoding`: gzip, deflate, br or identity. The work is done on libuv's pool
 * and stops once the output passes `bytesMax`, since 758 bytes of brotli expand to 500 MB.
 *
 * Errors: `unsupported_encoding` for anything else (stacked encodings and zstd, which Node 20 cannot read, included),
 * `body_too_large` above `bytesMax`, `invalid_encoding` when the bytes are not what the header says.
 */
export async function inflateBody(
  body: Uint8Array,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Result<Uint8Array, SextantError>> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return body.length > bytesMax ? err(tooLarge(bytesMax)) : ok(body);
  const decode = decoderOf(name, body);
  if (decode === undefined) return err(unsupported());
  try {
    return ok(await decode(body, { maxOutputLength: Math.max(1, bytesMax), chunkSize: CHUNK_BYTES }));
  } catch (thrown) {
    return err(isTooLarge(thrown) ? tooLarge(bytesMax) : undecodable());
  }
}

function decoderOf(name: string, body: Uint8Array): Decode | undefined {
  if (name === 'gzip' || name === 'x-gzip') return decodeGzip;
  if (name === 'br') return decodeBrotli;
  // RFC 9110 means the zlib format by `deflate`, yet some clients send it without the zlib header.
  if (name === 'deflate') return hasZlibHeader(body) ? decodeZlib : decodeRaw;
  return undefined;
}

// RFC 1950: method 8 in the low four bits, and the first two bytes as a big-endian number divide by 31.
function hasZlibHeader(body: Uint8Array): boolean {
  const first = body[0] ?? 0;
  return (first & 0x0f) === 8 && (first * 256 + (body[1] ?? 0)) % 31 === 0;
}

function isTooLarge(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';
}

function tooLarge(bytesMax: number): SextantError {
  return new SextantError('body_too_large', `The decoded body is larger than ${bytesMax} bytes; send less.`);
}

function unsupported(): SextantError {
  return new SextantError(
    'unsupported_encoding',
    'The content-encoding of the body is not supported; send it as one of gzip, deflate, br, or without encoding.',
  );
}

function undecodable(): SextantError {
  return new SextantError(
    'invalid_encoding',
    'The body is not valid data of its content-encoding; encode it again, or send it without encoding.',
  );
}
