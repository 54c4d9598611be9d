/** How figures are written. Pure: every text that depends on the time of day takes it as an argument. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** Shown where there is nothing to show. */
export const NONE = '–';

export function count(value: number): string {
  return WHOLE.format(value);
}

/** 12,300 as `12.3K`. */
export function short(value: number): string {
  return value < 10_000 ? count(value) : SHORT.format(value);
}

/** A share of 0 to 1, in per cent. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return NONE;
  const value = share * 100;
  if (value > 0 && value < 1) return '< 1 %';
  return value > 99 && value < 100 ? '> 99 %' : `${value.toFixed(0)} %`;
}

export function shareOf(part: number, whole: number): string {
  return whole === 0 ? NONE : percent(part / whole);
}

/** Milliseconds, with as many digits as one reads. */
export function ms(value: number | null): string {
  if (value === null) return NONE;
  if (value < 1) return `${value.toFixed(2)} ms`;
  if (value < 10) return `${value.toFixed(1)} ms`;
  if (value < 1000) return `${value.toFixed(0)} ms`;
  return `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} s`;
}

/** US dollars; small sums with the digits that tell them from nothing. */
export function usd(value: number): string {
  if (value < 0) return `\u2212\u2060${usd(-value)}`;
  const size = value;
  if (size === 0) return '$0';
  if (size >= 1000) return `$${count(value)}`;
  if (size >= 0.995) return `$${value.toFixed(2)}`;
  if (size < 0.000_001) return '< $0.000001';
  return `$${Number(value.toFixed(size < 0.0001 ? 6 : size < 0.01 ? 5 : 3))}`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${(value / 1024).toFixed(0)} KiB`;
  return `${(value / 1024 ** 2).toFixed(1)} MiB`;
}

/** How long before `nowMs` something was. */
export function ago(at: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

/** How long after `nowMs` something will be. */
export function until(at: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(at) - nowMs) / 1000);
  if (seconds <= 0) return 'now';
  if (seconds < 60) return `in ${seconds} s`;
  if (seconds < 3600) return `in ${Math.ceil(seconds / 60)} min`;
  return seconds < 172_800 ? `in ${Math.round(seconds / 3600)} h` : `in ${Math.round(seconds / 86_400)} d`;
}

/** The time of day of an ISO 8601 text, in the browser's own zone. */
export function clock(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** `one`, `one and two`, `one, two and three`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 prompt`, `2 prompts`. */
export function plural(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
}
