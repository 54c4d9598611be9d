import { hash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import type { Ask } from './ask.js';

const PLAIN_TEXT = 'simulated';

/** A call that the simulated model makes. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the wire has it. */
  readonly arguments: string;
}

/**
 * The call that this request leads to, if any, its texts those of `echo`: a named or required tool always, otherwise a tool whose name stands in
 * the question, unless the conversation already ends with a tool's result.
 */
export function chooseToolCall(ask: Ask, echo = PLAIN_TEXT): ToolCall | undefined {
  if (ask.tools.length === 0 || ask.toolChoice === 'none') return undefined;
  const functions = ask.tools.map(functionOf).filter((tool) => tool !== undefined);
  const of = { ask, functions, text: echo };
  const wanted = namedChoice(ask.toolChoice);
  if (wanted !== undefined) return callOf(of, (name) => name === wanted);
  if (ask.toolChoice === 'required') return callOf(of, () => true);
  if (ask.afterToolResult) return undefined;
  const question = ask.question.toLowerCase();
  return callOf(of, (name) => question.includes(name.toLowerCase()));
}

/** The tool that `tool_choice` names, when it names one. */
export function namedChoice(choice: Json): string | undefined {
  if (!isJsonObject(choice)) return undefined;
  const named = choice['function'];
  return isJsonObject(named) && typeof named['name'] === 'string' ? named['name'] : undefined;
}

interface ToolFunction {
  readonly name: string;
  readonly parameters: JsonObject;
}

function functionOf(tool: JsonObject): ToolFunction | undefined {
  const described = tool['function'];
  if (!isJsonObject(described) || typeof described['name'] !== 'string') return undefined;
  const parameters = described['parameters'];
  return { name: described['name'], parameters: isJsonObject(parameters) ? parameters : {} };
}

function callOf(
  {
    ask,
    functions,
    text,
  }: { readonly ask: Ask; readonly functions: readonly ToolFunction[]; readonly text: string },
  matches: (name: string) => boolean,
): ToolCall | undefined {
  const chosen = functions.find((tool) => matches(tool.name));
  if (chosen === undefined) return undefined;
  const id = `chatcmpl-tool-${hash('sha256', `${chosen.name}\n${ask.promptText}`).slice(0, 32)}`;
  return { id, name: chosen.name, arguments: JSON.stringify(argumentsFor(chosen.parameters, text)) };
}

/** Fills every required parameter with the plainest value of its type. */
function argumentsFor(schema: JsonObject, text: string): JsonObject {
  const { properties, required } = schema;
  if (!isJsonObject(properties)) return {};
  const names = Array.isArray(required) ? required.map(String) : Object.keys(properties);
  return Object.fromEntries(names.map((name) => [name, plainValue(properties[name], text)]));
}

function plainValue(schema: Json | undefined, text: string): Json {
  if (!isJsonObject(schema)) return text;
  const values = schema['enum'];
  if (Array.isArray(values) && values[0] !== undefined) return values[0];
  switch (schema['type']) {
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return argumentsFor(schema, text);
    default:
      return text;
  }
}
