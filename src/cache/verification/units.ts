import type { Reading, Token } from './tokens.js';

/** The unit of a number and where it ends. */
export interface SpottedUnit {
  /** Empty when the number has none. */
  readonly name: string;
  /** Index of the first token after number and unit. */
  readonly end: number;
}

/** What the number whose tokens run from `start` to `end` measures: `$5`, `5%`, `5 km`, `5-day`, `20 °C`. */
export function unitOf(tokens: readonly Token[], start: number, end: number): SpottedUnit {
  const last = tokens[end - 1];
  const currency = CURRENCIES.get(tokens[start]?.before.at(-1) ?? '');
  if (currency !== undefined)
    return { name: currency, end: DOLLARS.test(tokens[end]?.lower ?? '') ? end + 1 : end };
  if (last === undefined || /^\s?%/.test(last.after))
    return { name: last === undefined ? '' : 'percent', end };
  const next = tokens[end];
  const sign = CURRENCIES.get(last.after.trimStart().slice(0, 1));
  if (sign !== undefined && !next?.isNumber) return { name: sign, end };
  if (next === undefined || next.isNumber) return { name: '', end };
  if (/^\s?°\s?$/.test(next.before)) return { name: DEGREES.get(next.lower) ?? next.lower, end: end + 1 };
  if (!/^[\s-]?$/.test(next.before)) return { name: '', end };
  const name = EXACT.get(next.raw) ?? NAMED.get(next.lower) ?? AFTER_NUMBER.get(next.raw);
  return name === undefined ? { name: '', end } : { name, end: end + 1 };
}

/** Units that a text names without a number before them. */
export function unitsNamed(reading: Reading): ReadonlySet<string> {
  const units = new Set<string>();
  for (const token of reading.tokens) {
    const unit = EXACT.get(token.raw) ?? NAMED.get(token.lower);
    if (unit !== undefined) units.add(unit);
  }
  return units;
}

/** True for words that name a unit wherever they stand. */
export function isUnitName(token: Token): boolean {
  return EXACT.has(token.raw) || NAMED.has(token.lower);
}

const DOLLARS = /^(?:dollars?|usd|euros?|eur|pounds?|gbp|yen|jpy|rupees?|inr)$/;

const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['$', 'dollar'],
  ['€', 'euro'],
  ['£', 'pound'],
  ['¥', 'yen'],
  ['₹', 'rupee'],
]);

const DEGREES: ReadonlyMap<string, string> = new Map([
  ['c', 'celsius'],
  ['f', 'fahrenheit'],
]);

/** Each row is one unit; the first word is its name. */
function namesOf(rows: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const row of rows.trim().split('\n')) {
    const [name = '', ...others] = row.trim().split(' ');
    for (const word of [name, ...others]) names.set(word, name);
  }
  return names;
}

/** Case decides: bytes against bits, milli against mega. */
const EXACT = namesOf(`
  kilobyte kB KB
  kilobit kb Kb kbps Kbps
  megabyte MB
  megabit Mb Mbps
  gigabyte GB
  gigabit Gb Gbps
  terabyte TB
  terabit Tb Tbps
  milliwatt mW
  megawatt MW
  millihertz mHz
  megahertz MHz
  gigahertz GHz`);

/** Too short to be units anywhere but after a number. */
const AFTER_NUMBER = namesOf(`
  meter m
  second s sec secs
  hour h hr hrs
  minute min mins
  gram g
  liter l L
  watt W
  volt V
  ampere A
  celsius C
  fahrenheit F
  kelvin K
  inch in
  month mo
  day d
  million M`);

const NAMED = namesOf(`
  kilometer kilometers kilometre kilometres km kms
  meter meters metre metres
  centimeter centimeters centimetre centimetres cm
  millimeter millimeters millimetre millimetres mm
  mile miles mi
  yard yards yd
  foot feet ft
  inch inches
  kilogram kilograms kg kgs kilo kilos
  gram grams
  milligram milligrams mg
  pound pounds lb lbs
  ounce ounces oz
  ton tons
  tonne tonnes
  liter liters litre litres
  milliliter milliliters millilitre millilitres ml
  gallon gallons
  cup cups
  tablespoon tablespoons tbsp
  teaspoon teaspoons tsp
  celsius centigrade
  fahrenheit
  kelvin
  millisecond milliseconds ms
  microsecond microseconds
  nanosecond nanoseconds ns
  second seconds
  minute minutes
  hour hours hourly
  day days daily
  week weeks weekly
  month months monthly
  year years yearly annual annually yr yrs
  decade decades
  century centuries
  percent pct percentage
  byte bytes
  bit bits
  kilobyte kilobytes
  megabyte megabytes
  megabit megabits
  gigabyte gigabytes
  gigabit gigabits
  terabyte terabytes
  watt watts
  kilowatt kilowatts kw
  megawatt megawatts
  kwh
  volt volts
  hertz hz
  mph
  kph kmh
  dollar dollars usd bucks
  euro euros eur
  yen jpy
  rupee rupees inr
  gbp
  degree degrees
  calorie calories
  acre acres
  hectare hectares
  pixel pixels px`);
