import type { Reading, Token } from './tokens.js';

/** A unit as it counts: what it measures, and how many of the base unit of that dimension it is. */
export interface Unit {
  /** One name for all spellings: `km` is `kilometer`. */
  readonly name: string;
  /** `length`, `time`, `data` …; each currency is a dimension of its own, since rates change. */
  readonly dimension: string;
  readonly factor: number;
}

/** The unit of a number and where it ends. */
export interface SpottedUnit {
  readonly unit: Unit | undefined;
  /** Index of the first token after number and unit. */
  readonly end: number;
}

/** What the number whose tokens run from `start` to `end` measures: `$5`, `5%`, `5 km/h`, `5-day`, `20 °C`, `USD 5`. */
export function unitOf(tokens: readonly Token[], start: number, end: number): SpottedUnit {
  const next = tokens[end];
  const before = CURRENCY_SIGNS.get(tokens[start]?.before.at(-1) ?? '') ?? currencyCode(tokens[start - 1]);
  if (before !== undefined) return { unit: before, end: isMoney(next) ? end + 1 : end };
  const after = tokens[end - 1]?.after ?? '';
  if (/^\s?%/.test(after)) return { unit: PERCENT, end };
  const sign = CURRENCY_SIGNS.get(after.trimStart().slice(0, 1));
  if (sign !== undefined && next?.isNumber !== true) return { unit: sign, end };
  if (next === undefined || next.isNumber) return { unit: undefined, end };
  if (/^\s?°\s?$/.test(next.before)) return { unit: DEGREES.get(next.lower), end: end + 1 };
  if (/^\s?°/.test(next.before)) return { unit: NAMED.get('degree'), end };
  return /^[\s-]?$/.test(next.before) ? unitAfterNumber(tokens, end) : { unit: undefined, end };
}

/** A unit right after a number, where even a lone letter is one. */
export function unitAfterNumber(tokens: readonly Token[], at: number): SpottedUnit {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined) return { unit: undefined, end: at };
  if (token.lower === 'per' && next?.lower === 'cent') return { unit: PERCENT, end: at + 2 };
  const scale = token.stem === 'degre' ? scaleOfDegrees(next) : undefined;
  if (scale !== undefined) return { unit: scale, end: at + 2 };
  const spotted = unitAt(tokens, at);
  if (spotted !== undefined) return spotted;
  const short = AFTER_NUMBER.get(token.raw);
  const unit = spatial(short, POWERS.get(token.after.slice(0, 1))) ?? short;
  return { unit, end: unit === undefined ? at : at + 1 };
}

/** A unit that a text may name anywhere, with or without a number: `km`, `miles per hour`, `°C`. */
export function unitAt(tokens: readonly Token[], at: number): SpottedUnit | undefined {
  const token = tokens[at];
  if (token === undefined) return undefined;
  const power = POWERS.get(token.lower);
  const base = power === undefined ? undefined : spatial(namedUnit(tokens[at + 1]), power);
  if (base !== undefined) return { unit: base, end: at + 2 };
  const unit = /°\s?$/.test(token.before) ? DEGREES.get(token.lower) : namedUnit(token);
  if (unit === undefined) return undefined;
  const raised = spatial(unit, POWERS.get(token.after.slice(0, 1)));
  if (raised !== undefined) return { unit: raised, end: at + 1 };
  const speed = unit.dimension === 'length' ? speedAt(unit, tokens, at) : undefined;
  return speed ?? { unit, end: at + 1 };
}

/** True for words that name a unit wherever they stand. */
export function isUnitName(token: Token): boolean {
  return namedUnit(token) !== undefined;
}

/** Units that a text names outside the stretches that its numbers take. */
export function unitsNamed(reading: Reading, taken: ReadonlySet<number>): readonly Unit[] {
  const units = new Map<string, Unit>();
  for (let at = 0; at < reading.tokens.length; ) {
    const spotted = taken.has(at) ? undefined : unitAt(reading.tokens, at);
    if (spotted?.unit !== undefined) units.set(spotted.unit.name, spotted.unit);
    at = spotted?.end ?? at + 1;
  }
  return [...units.values()];
}

/** Case decides between bytes and bits, milli and mega; all other names are the same in any case. */
function namedUnit(token: Token | undefined): Unit | undefined {
  if (token === undefined) return undefined;
  return EXACT.get(token.raw) ?? NAMED.get(token.lower);
}

/** `square metre`, `m²`, `cubic foot`: volumes are counted in millilitres, as litres are. */
function spatial(length: Unit | undefined, power: number | undefined): Unit | undefined {
  if (length?.dimension !== 'length' || power === undefined) return undefined;
  const factor = length.factor ** power * (power === 3 ? 1e6 : 1);
  return { name: `${length.name}^${power}`, dimension: power === 3 ? 'volume' : 'area', factor };
}

const POWERS: ReadonlyMap<string, number> = new Map([
  ['square', 2],
  ['sq', 2],
  ['²', 2],
  ['cubic', 3],
  ['³', 3],
]);

/** `km/h`, `kilometres per hour`, `miles an hour`. */
function speedAt(length: Unit, tokens: readonly Token[], at: number): SpottedUnit | undefined {
  const next = tokens[at + 1];
  const isSlash = tokens[at]?.after === '/';
  const isWord = /^(?:per|an|a|every)$/.test(next?.lower ?? '');
  if (next === undefined || !(isSlash || isWord || next.lower === 'hourly')) return undefined;
  const end = isWord && !isSlash ? at + 3 : at + 2;
  const last = tokens[end - 1];
  const time = AFTER_NUMBER.get(last?.raw ?? '') ?? NAMED.get(last?.lower ?? '');
  if (time?.dimension !== 'time') return undefined;
  const name = `${length.name}/${time.name}`;
  return { unit: { name, dimension: 'speed', factor: length.factor / time.factor }, end };
}

function scaleOfDegrees(token: Token | undefined): Unit | undefined {
  const scale = DEGREES.get(token?.raw.toLowerCase() ?? '') ?? NAMED.get(token?.lower ?? '');
  return scale?.dimension === 'temperature' ? scale : undefined;
}

/** `USD`, `EUR`: the code of a currency right before its number. */
export function currencyCode(token: Token | undefined): Unit | undefined {
  if (token === undefined || !/^[A-Z]{3}$/.test(token.raw) || !/^\s?$/.test(token.after)) return undefined;
  const unit = NAMED.get(token.lower);
  return unit?.dimension.startsWith('money') === true ? unit : undefined;
}

function isMoney(token: Token | undefined): boolean {
  const unit = NAMED.get(token?.lower ?? '');
  return unit?.dimension.startsWith('money') === true || unit?.name === 'pound';
}

/** Each row: a dimension, then units with a bar between them: factor, name, other spellings. */
function unitsOf(rows: string): ReadonlyMap<string, Unit> {
  const units = new Map<string, Unit>();
  for (const row of rows.trim().split('\n')) {
    const [dimension = '', ...others] = row.trim().split(/\s*[:|]\s*/);
    for (const other of others) {
      const [factor = '', ...spellings] = other.split(' ');
      const unit = { name: spellings[0] ?? '', dimension, factor: Number(factor) };
      for (const spelling of spellings) units.set(spelling, unit);
    }
  }
  return units;
}

/** In bits, grams, metres, seconds, watts, hertz, millilitres. Months are taken at their mean length. */
const EXACT = unitsOf(`
  data: 8e3 kilobyte kB KB | 1e3 kilobit kb Kb kbps Kbps | 8e6 megabyte MB MBps | 1e6 megabit Mb Mbps | 8e9 gigabyte GB GBps | 1e9 gigabit Gb Gbps | 8e12 terabyte TB | 1e12 terabit Tb Tbps | 8192 kibibyte KiB | 8388608 mebibyte MiB | 8589934592 gibibyte GiB
  power: 1e-3 milliwatt mW | 1e6 megawatt MW | 1e9 gigawatt GW
  frequency: 1e-3 millihertz mHz | 1e6 megahertz MHz`);

/** Too short to be units anywhere but after a number. */
const AFTER_NUMBER = unitsOf(`
  length: 1 meter m | 0.0254 inch in
  time: 1 second s sec secs | 3600 hour h hr hrs | 60 minute min mins | 86400 day d | 2629746 month mo mos | 31556952 year y
  mass: 1 gram g
  volume: 1000 liter l L
  power: 1 watt W
  voltage: 1 volt V
  current: 1 ampere A
  temperature: 1 celsius C c | 1 fahrenheit F f | 1 kelvin K
  factor: 1 million M | 1 thousand K`);

const NAMED = unitsOf(`
  length: 1000 kilometer kilometers kilometre kilometres km kms | 1 meter meters metre metres | 0.01 centimeter centimeters centimetre centimetres cm | 0.001 millimeter millimeters millimetre millimetres mm | 1609.344 mile miles mi | 0.9144 yard yards yd yds | 0.3048 foot feet ft | 0.0254 inch inches
  mass: 1000 kilogram kilograms kg kgs kilo kilos | 1 gram grams gramme grammes | 0.001 milligram milligrams mg | 453.59237 pound pounds lb lbs | 28.349523125 ounce ounces oz | 907184.74 ton tons | 1e6 tonne tonnes
  volume: 1000 liter liters litre litres | 1 milliliter milliliters millilitre millilitres ml | 10 centiliter cl | 3785.411784 gallon gallons | 236.5882365 cup cups | 14.78676478125 tablespoon tablespoons tbsp | 4.92892159375 teaspoon teaspoons tsp
  temperature: 1 celsius centigrade | 1 fahrenheit | 1 kelvin
  time: 1e-3 millisecond milliseconds ms msec | 1e-6 microsecond microseconds | 1e-9 nanosecond nanoseconds ns | 1 second seconds | 60 minute minutes | 3600 hour hours hourly | 86400 day days daily | 604800 week weeks weekly | 1209600 fortnight fortnights | 2629746 month months monthly | 7889238 quarter-year quarterly | 31556952 year years yearly annual annually yr yrs | 315569520 decade decades | 3155695200 century centuries
  share: 0.01 percent pct percentage
  data: 8 byte bytes | 1 bit bits | 8e3 kilobyte kilobytes | 1e3 kilobit kilobits | 8e6 megabyte megabytes | 1e6 megabit megabits | 8e9 gigabyte gigabytes gig gigs | 1e9 gigabit gigabits | 8e12 terabyte terabytes
  power: 1 watt watts | 1e3 kilowatt kilowatts kw | 1e6 megawatt megawatts
  energy: 1 kwh | 1e-3 wh
  voltage: 1 volt volts
  frequency: 1 hertz hz | 1e3 kilohertz khz | 1e6 megahertz | 1e9 gigahertz ghz
  speed: 0.44704 mile/hour mph | 0.5144444444444445 knot knots | 0.2777777777777778 kilometer/hour kph kmh kmph
  money-dollar: 1 dollar dollars usd buck bucks
  money-euro: 1 euro euros eur
  money-pound: 1 sterling gbp quid
  money-yen: 1 yen jpy
  money-rupee: 1 rupee rupees inr
  money-cent: 1 cent cents
  angle: 1 degree degrees
  heat: 1 calorie calories kcal
  area: 4046.8564224 acre acres | 10000 hectare hectares
  pixel: 1 pixel pixels px`);

const DEGREES = unitsOf('temperature: 1 celsius c | 1 fahrenheit f | 1 kelvin k');

const PERCENT: Unit = { name: 'percent', dimension: 'share', factor: 0.01 };

const CURRENCY_SIGNS = unitsOf(`
  money-dollar: 1 dollar $
  money-euro: 1 euro €
  money-pound: 1 sterling £
  money-yen: 1 yen ¥
  money-rupee: 1 rupee ₹`);
