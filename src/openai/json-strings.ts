/** Half-open range of a text, in UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** A range of a text, and what shall stand there. */
export interface TextEdit extends TextSpan {
  readonly text: string;
}

/** Names of members and indices of elements, from the outermost value inwards. */
export type JsonPath = readonly (string | number)[];

/** @param path shared between calls: whoever keeps it copies it; `literal` has its quotes */
export type OnString = (path: JsonPath, literal: TextSpan) => void;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Tells every string value of a JSON text and where it stands; keys are told as parts of paths. The text was parsed before. */
export function forEachString(json: string, tell: OnString): void {
  // The last step of an open object is a name, that of an array a number.
  const path: (string | number)[] = [];
  let expectsKey = false;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE: {
        const end = literalEnd(json, at);
        if (expectsKey) path[path.length - 1] = readLiteral(json, { start: at, end }).text;
        else tell(path, { start: at, end });
        expectsKey = false;
        at = end - 1;
        break;
      }
      case OPEN_OBJECT:
        path.push('');
        expectsKey = true;
        break;
      case OPEN_ARRAY:
        path.push(0);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        path.pop();
        expectsKey = false;
        break;
      case COMMA: {
        const last = path.at(-1);
        if (typeof last === 'number') path[path.length - 1] = last + 1;
        else expectsKey = true;
        break;
      }
    }
  }
}

/** What a string of a JSON text says, and where it says it. */
export interface Literal {
  readonly text: string;
  /** The place in the JSON of a place in `text`, or of its end. */
  placeOf(at: number): number;
}

/** @param edits in the order of the text, without overlaps */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const edit of edits) {
    pieces.push(text.slice(from, edit.start), edit.text);
    from = edit.end;
  }
  return pieces.join('') + text.slice(from);
}

/** @param literal of a string, its quotes included */
export function readLiteral(json: string, { start, end }: TextSpan): Literal {
  const raw = json.slice(start, end);
  const first = start + 1;
  if (!raw.includes('\\')) return { text: raw.slice(1, -1), placeOf: (at) => first + at };
  const placeOf = placesIn(raw.slice(1, -1));
  return { text: JSON.parse(raw) as string, placeOf: (at) => first + placeOf(at) };
}

/** A JSON text as one reads it, with the escapes of all its strings resolved; quotes and brackets stay. */
export function readInside(json: string): Literal {
  if (!json.includes('\\')) return { text: json, placeOf: (at) => at };
  const text = json.replaceAll(ESCAPE, (_, hex?: string, sign?: string) =>
    hex === undefined ? (SIGNS[sign ?? ''] ?? sign ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { text, placeOf: placesIn(json) };
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|([^u]))/g;
const SIGNS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Where the places of a text stand in its escaped form. */
function placesIn(raw: string): (at: number) => number {
  const { escapes, behind } = escapesIn(raw);
  return (at) => at + (behind[countBelow(escapes, at) - 1] ?? 0);
}

/** Each escape stands for one unit: where those are in the text, and by how much the JSON is longer behind each. */
function escapesIn(raw: string): { readonly escapes: readonly number[]; readonly behind: readonly number[] } {
  const escapes: number[] = [];
  const behind: number[] = [];
  let longer = 0;
  for (let at = raw.indexOf('\\'); at >= 0; ) {
    escapes.push(at - longer);
    const units = raw[at + 1] === 'u' ? 6 : 2;
    longer += units - 1;
    behind.push(longer);
    at = raw.indexOf('\\', at + units);
  }
  return { escapes, behind };
}

/** How many of the numbers, which rise, are below a limit. */
export function countBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place behind the quote that closes the string which opens at `start`. */
function literalEnd(json: string, start: number): number {
  let from = start + 1;
  for (;;) {
    const quote = json.indexOf('"', from);
    if (quote < 0) return json.length;
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}
