import { isIP } from 'node:net';
import { z } from 'zod';

/** An object in which an unknown key is an error. Its message lists the known keys, for `explain.ts` to choose from. */
export function section<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}

/**
 * Names end up in header values, metric labels, log lines and Envoy's own configuration, so they keep to characters
 * that need no escaping in any of them.
 */
export const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, {
  error:
    'is no usable name; take up to 64 letters, digits, "_", "-" and ".", and begin with a letter or digit',
});

/** As `name`, and with what the names of models hold as well: `org/model`, `base:adapter`. */
export const modelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_./:@+-]{0,127}$/, {
  error:
    'is no usable model name; take up to 128 letters, digits and any of "_ . / : @ + -", and begin with a letter or digit',
});

export const headerName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
  error: 'is no usable header name; write it in lower case, in up to 64 letters, digits, "_" and "-"',
});

/** Text that people write for the encoder or for clients. */
export function text(charsMax: number): z.ZodString {
  return z.string().min(1).max(charsMax);
}

export const host = z.string().refine((value) => isIP(value) !== 0 || isHostName(value), {
  error: 'is neither an IP address nor a host name; write it without scheme, port and path',
});

export const port = z.int().min(1).max(65_535);

/** 0 asks the system for a free port. */
export const portOrAny = z.int().min(0).max(65_535);

/** `host:port`, IPv6 in brackets. */
export const endpoint = z.string().refine((value) => splitEndpoint(value) !== undefined, {
  error: 'is no endpoint; write host:port, as in "127.0.0.1:8000" or "[::1]:8000", without a scheme',
});

export function splitEndpoint(
  value: string,
): { readonly address: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([^:[\]]{1,253})):(\d{1,5})$/.exec(value);
  if (match === null) return undefined;
  const [, bracketed, plain, digits] = match;
  const address = bracketed ?? plain ?? '';
  const number = Number(digits);
  const known = bracketed === undefined ? isIP(address) === 4 || isHostName(address) : isIP(address) === 6;
  return known && number >= 1 && number <= 65_535 ? { address, port: number } : undefined;
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Labels of letters, digits and hyphens. One that ends in digits alone would be an IPv4 address gone wrong. */
function isHostName(value: string): boolean {
  if (value.length > 253) return false;
  const labels = value.split('.');
  return (
    labels.every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/** How long a request waits for what a signal needs; after that the signal is unknown. Milliseconds. */
export const deadlineMs = z.int().min(1).max(60_000).optional();
