import { isJsonObject, type Json, type JsonObject, parseJson } from '../lib/json.js';
import {
  countBelow,
  forEachString,
  type JsonPath,
  type Literal,
  readInside,
  readLiteral,
  type TextSpan,
} from './json-strings.js';

/** A text that a request carries to the model. */
export interface PromptText {
  readonly text: string;
  /** Whether it stands in a turn that the operator writes: system and developer. */
  readonly byOperator: boolean;
  /** Where a stretch of it stands in the body. */
  spanOf(stretch: TextSpan): TextSpan;
  /** The parts of a stretch that can be replaced: in a text that is JSON itself, those within one string each. */
  partsOf(stretch: TextSpan): readonly TextPart[];
}

/** A part of a text that can be replaced. */
export interface TextPart extends TextSpan {
  /** Whether it is a number of a text that is JSON itself, where a name would need quotes. */
  readonly isNumber?: boolean;
}

export interface PromptTexts {
  readonly texts: readonly PromptText[];
  /** True where the request carries a prompt that is no text: token ids, or vectors. */
  readonly unreadable: boolean;
}

/**
 * Every text of a request that somebody wrote, said or looked up: all turns whoever speaks, with thoughts, refusals and
 * the arguments of tool calls; prompts, texts to embed, documents, an expected answer, and what is said of the user.
 * Left out is what must stay as it is: names and ids, tools and schemas, addresses and contents of files.
 *
 * @param body the JSON text that `request` was parsed from
 */
export function promptTexts(body: string, request: JsonObject): PromptTexts {
  const texts: PromptText[] = [];
  forEachString(body, (path, literal) => {
    const kind = kindOf(path);
    if (kind === undefined) return;
    const outer = readLiteral(body, literal);
    const read =
      kind === 'arguments' && parseJson(outer.text) !== undefined ? jsonText(outer) : plainText(outer);
    texts.push({ ...read, byOperator: path[0] === 'messages' && isOperators(request, path[1]) });
  });
  return { texts, unreadable: isUnreadable(request) };
}

type Readable = Omit<PromptText, 'byOperator'>;

function plainText({ text, placeOf }: Literal): Readable {
  return {
    text,
    spanOf: ({ start, end }) => ({ start: placeOf(start), end: placeOf(end) }),
    partsOf: (stretch) => [stretch],
  };
}

function jsonText(outer: Literal): Readable {
  const { text, placeOf } = readInside(outer.text);
  // What a backslash escapes is no end of a string.
  const quotes = [...text.matchAll(/"/g)]
    .map(({ index }) => index)
    .filter((at) => outer.text[placeOf(at)] === '"');
  return {
    text,
    spanOf: ({ start, end }) => ({ start: outer.placeOf(placeOf(start)), end: outer.placeOf(placeOf(end)) }),
    partsOf: ({ start, end }) => {
      const first = countBelow(quotes, start);
      const inner = quotes.slice(first, countBelow(quotes, end));
      const ends = [...inner, end];
      return [start, ...inner.map((at) => at + 1)].flatMap((from, index) => {
        const part = { start: from, end: ends[index] ?? end };
        return (first + index) % 2 === 0 ? numbersIn(text, part) : wordsIn(text, part);
      });
    },
  };
}

/** Inside of a string: all of it, unless it is signs alone. */
function wordsIn(text: string, part: TextSpan): readonly TextPart[] {
  return /[\p{L}\p{N}]/u.test(text.slice(part.start, part.end)) ? [part] : [];
}

/** Between two strings: signs that must stay, and numbers. */
function numbersIn(text: string, { start, end }: TextSpan): readonly TextPart[] {
  return [...text.slice(start, end).matchAll(/-?\d[\d.eE+-]*/g)].map(({ index, 0: number }) => {
    return { start: start + index, end: start + index + number.length, isNumber: true };
  });
}

type Kind = 'text' | 'arguments';

function kindOf([root, ...rest]: JsonPath): Kind | undefined {
  switch (root) {
    case 'messages':
      return messageKind(rest.slice(1));
    case 'prompt':
    case 'input':
      return rest.length < 2 ? 'text' : undefined;
    case 'suffix':
    case 'user':
    case 'safety_identifier':
    case 'metadata':
    case 'documents':
      return 'text';
    case 'prediction':
      return contentKind(rest);
    default:
      return undefined;
  }
}

/** What a model is given beside the content of earlier turns: what it thought, and why it would not answer. */
const SAID: ReadonlySet<string | number | undefined> = new Set([
  'refusal',
  'reasoning',
  'reasoning_content',
  'thinking',
]);

function messageKind(path: JsonPath): Kind | undefined {
  const [field, second, third, last] = path;
  if (SAID.has(field)) return path.length === 1 ? 'text' : undefined;
  if (field === 'function_call') return second === 'arguments' ? 'arguments' : undefined;
  if (field !== 'tool_calls') return contentKind(path);
  if (third === 'function' && last === 'arguments') return 'arguments';
  return third === 'custom' && last === 'input' ? 'text' : undefined;
}

/** Of parts whose type we do not know the text is read as well, as `readParts` does. */
function contentKind(path: JsonPath): Kind | undefined {
  if (path[0] !== 'content') return undefined;
  const last = path.at(-1);
  return typeof last === 'number' || last === 'content' || last === 'text' || last === 'refusal'
    ? 'text'
    : undefined;
}

function isOperators(request: JsonObject, index: string | number | undefined): boolean {
  const { messages } = request;
  const message = Array.isArray(messages) ? (messages as readonly Json[])[Number(index)] : undefined;
  const role = isJsonObject(message) ? message['role'] : undefined;
  return role === 'system' || role === 'developer';
}

function isUnreadable(request: JsonObject): boolean {
  const { prompt, input, prompt_embeds: embedded } = request;
  return [prompt, input].some(holdsTokens) || (embedded !== undefined && embedded !== null);
}

function holdsTokens(value: Json | undefined): boolean {
  return Array.isArray(value) && (value as readonly Json[]).some((item) => typeof item !== 'string');
}
