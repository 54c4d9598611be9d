import { expect, test } from '@jest/globals';
import * as format from '../../../ui/src/format.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

test.each([
  [format.short(9_999), '9,999'],
  [format.short(12_340), '12.3K'],
  [format.percent(0.004), '< 1 %'],
  [format.percent(0.996), '> 99 %'],
  [format.percent(0.5), '50 %'],
  [format.percent(Number.NaN), '–'],
  [format.shareOf(1, 0), '–'],
  [format.shareOf(1, 4), '25 %'],
  [format.ms(null), '–'],
  [format.ms(0.034), '0.03 ms'],
  [format.ms(4.56), '4.6 ms'],
  [format.ms(456.7), '457 ms'],
  [format.ms(4567), '4.6 s'],
  [format.ms(45_670), '46 s'],
  [format.usd(0), '$0'],
  [format.usd(1234.5), '$1,235'],
  [format.usd(12.345), '$12.35'],
  [format.usd(0.12345), '$0.123'],
  [format.usd(0.0012), '$0.0012'],
  [format.usd(0.0000123), '$0.000012'],
  [format.usd(0.000001), '$0.000001'],
  [format.usd(-2), '\u2212\u2060$2.00'],
  [format.bytes(12), '12 B'],
  [format.bytes(2048), '2 KiB'],
  [format.bytes(5 * 1024 ** 2), '5.0 MiB'],
  [format.ago(at(-5), NOW), '5 s ago'],
  [format.ago(at(-150), NOW), '2 min ago'],
  [format.ago(at(-7200), NOW), '2 h ago'],
  [format.ago(at(-259_200), NOW), '3 d ago'],
  [format.until(at(-5), NOW), 'now'],
  [format.until(at(61), NOW), 'in 2 min'],
  [format.until(at(86_400), NOW), 'in 24 h'],
  [format.listed(['a']), 'a'],
  [format.listed(['a', 'b', 'c']), 'a, b and c'],
  [format.plural(1, 'prompt'), '1 prompt'],
  [format.plural(2000, 'prompt'), '2,000 prompts'],
])('%s', (written, expected) => {
  expect(written).toBe(expected);
});
