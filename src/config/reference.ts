/** A part of a JSON Schema, as far as the reference reads it. */
interface Part {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly items?: Part;
  readonly oneOf?: readonly Part[];
  readonly anyOf?: readonly Part[];
}

/** Longer defaults are whole sections, whose keys have rows of their own. Characters. */
const DEFAULT_CHARS_MAX = 40;

const INTRODUCTION = `# Every key of sextant.yaml

Written by \`sextant schema --markdown\` from the schema by which the file is checked. [configuration.md](configuration.md)
says what the sections are for. A key in bold must be there; \`[]\` stands for each entry of a list.
`;

/** Every key of the config file as tables in Markdown, made of its JSON Schema. */
export function configReference(schema: Readonly<Record<string, unknown>>): string {
  const { properties = {}, required = [] } = schema as Part;
  const sections = Object.entries(properties).map(([name, part]) => {
    const says = part.description === undefined ? '' : `\n${part.description}\n`;
    const place = { path: name, needed: required.includes(name) };
    const rows = part.properties === undefined ? rowsOf(part, place) : rowsOfKeys(part, name);
    return `\n## ${name}\n${says}\n| key | value | default | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${INTRODUCTION}${sections.join('')}`;
}

interface Place {
  readonly path: string;
  readonly needed: boolean;
}

function rowsOf(part: Part, place: Place): readonly string[] {
  const { path } = place;
  if (part.properties !== undefined) return [row(part, place), ...rowsOfKeys(part, path)];
  const choices = part.items?.oneOf;
  if (choices !== undefined)
    return [row(part, place), ...choices.flatMap((choice) => rowsOfKind(choice, path))];
  if (part.items?.properties === undefined) return [row(part, place)];
  return [row(part, place), ...rowsOfKeys(part.items, `${path}[]`)];
}

function rowsOfKeys({ properties = {}, required = [] }: Part, path: string): readonly string[] {
  return Object.entries(properties).flatMap(([key, part]) =>
    // A key that has a default may be left out, though a checked file always has it.
    rowsOf(part, { path: `${path}.${key}`, needed: required.includes(key) && part.default === undefined }),
  );
}

/** Entries of such a list are told apart by their type. */
function rowsOfKind(kind: Part, path: string): readonly string[] {
  const { type, ...others } = kind.properties ?? {};
  const own = { properties: others, ...(kind.required === undefined ? {} : { required: kind.required }) };
  const head = `| \`${path}[]\` | \`type: ${String(type?.const ?? '')}\` | | ${kind.description ?? ''} |`;
  return [head, ...rowsOfKeys(own, `${path}[]`)];
}

function row(part: Part, { path, needed }: Place): string {
  const name = needed ? `**\`${path}\`**` : `\`${path}\``;
  const cells = [name, kindOf(part), defaultOf(part), part.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function kindOf(part: Part): string {
  const { type, enum: choices, items, minimum, maximum, anyOf } = part;
  if (choices !== undefined) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  if (part.$ref !== undefined) return 'a rule';
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ');
  if (type === 'array')
    return items?.type === undefined || items.properties ? 'list' : `list of ${kindOf(items)}`;
  const bounds = [
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? [] : [`to ${maximum}`]),
  ];
  return [WORDS[type ?? ''] ?? type ?? 'any value', ...bounds].join(' ');
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'section',
};

function defaultOf({ default: value }: Part): string {
  if (value === undefined) return '';
  const text = JSON.stringify(value);
  return text.length > DEFAULT_CHARS_MAX || text === '{}' ? '' : `\`${text}\``;
}
