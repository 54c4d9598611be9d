/** One line of YAML: `indent` steps, then the key and what stands behind it. */
export interface YamlLine {
  readonly indent: number;
  /** `- ` before the first line of an item of a list. */
  readonly dash: boolean;
  /** Empty for an item that is no object. */
  readonly key: string;
  /** Empty where the lines below are the value. */
  readonly value: string;
}

/** Writes a value of JSON as people write it in YAML, line by line. */
export function yamlLines(value: unknown, indent = 0): readonly YamlLine[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => itemLines(item, indent));
  if (!isObject(value)) return [{ indent, dash: false, key: '', value: scalar(value) }];
  return Object.entries(value).flatMap(([key, inner]) => {
    const flat = flatValue(inner);
    const line = { indent, dash: false, key, value: flat ?? '' };
    return flat === undefined ? [line, ...yamlLines(inner, indent + 1)] : [line];
  });
}

export function yamlText(lines: readonly YamlLine[]): string {
  return lines
    .map(
      (line) =>
        lead(line) + (line.key === '' ? '' : `${line.key}:${line.value === '' ? '' : ' '}`) + line.value,
    )
    .join('\n');
}

/** What stands before the key: two spaces a step, and the dash in the last of them. */
export function lead({ indent, dash }: YamlLine): string {
  return dash ? `${'  '.repeat(indent - 1)}- ` : '  '.repeat(indent);
}

function itemLines(item: unknown, indent: number): readonly YamlLine[] {
  // A list in a list is as rare as it is hard to read with dashes, and JSON is YAML.
  const flat = Array.isArray(item) ? JSON.stringify(item) : flatValue(item);
  if (flat !== undefined) return [{ indent: indent + 1, dash: true, key: '', value: flat }];
  const [first, ...rest] = yamlLines(item, indent + 1);
  return first === undefined ? [] : [{ ...first, dash: true }, ...rest];
}

const FLAT_CHARS_MAX = 72;

/** A value that has room behind its key: a scalar, what is empty, or a short list of scalars. */
function flatValue(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    if (value.some((item) => typeof item === 'object' && item !== null)) return undefined;
    const text = `[${value.map(scalar).join(', ')}]`;
    return text.length <= FLAT_CHARS_MAX ? text : undefined;
  }
  if (!isObject(value)) return scalar(value);
  return Object.keys(value).length === 0 ? '{}' : undefined;
}

/** What needs no quotes, and would be read as the text that it is. */
const PLAIN = /^[A-Za-z_/$][\w ./$-]*$/;
const RESERVED = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off']);

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  const isPlain = PLAIN.test(value) && value.trim() === value && !RESERVED.has(value.toLowerCase());
  return isPlain ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
