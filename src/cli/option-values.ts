import { InvalidArgumentError } from 'commander';

/** Parsers of options, for commander. */
export function countNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}

export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return value;
}

export function share(text: string): number {
  const value = amount(text);
  if (value <= 0 || value > 1) throw new InvalidArgumentError('Not a share above 0, and 1 at most.');
  return value;
}

export function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('Not a number, 0 or more.');
  return value;
}
