import { answerText } from './answers.js';
import type { Ask } from './ask.js';
import { splitTokens } from './tokens.js';
import { chooseToolCall, namedChoice, type ToolCall } from './tools.js';

/** One whole simulated choice, before it takes the shape of the wire. */
export interface Choice {
  readonly index: number;
  /** Tokens of the thinking before the answer; empty when the model does not think. */
  readonly reasoning: readonly string[];
  readonly tokens: readonly string[];
  readonly toolCall: ToolCall | undefined;
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
  /** The stop text that ended it, as vLLM reports it; null when the model ended by itself. */
  readonly stopReason: string | null;
  /** Of every token, natural logarithm; absent for the usual. */
  readonly logprob?: number;
}

/** Who answers. */
export interface Persona {
  readonly name: string;
  /** Whether it thinks before it answers, in `reasoning_content`. */
  readonly reasoning: boolean;
  /** Whether it says again what it was asked, in thoughts, answers and the arguments of calls alike. */
  readonly echoes?: boolean;
}

/** Everything that the simulated model says to this request, in the order of its choices. */
export function generate(ask: Ask, persona: Persona): Choice[] {
  const echo = persona.echoes === true ? ask.question : undefined;
  const toolCall = chooseToolCall(ask, echo);
  const reasoning =
    persona.reasoning && ask.thinking && ask.api === 'chat'
      ? splitTokens(echo ?? `Simulated thinking of ${persona.name}.`)
      : [];
  if (toolCall !== undefined) return repeat(ask.n, (index) => callChoice(index, ask, reasoning, toolCall));
  const text = answerText({
    simulator: persona.name,
    model: ask.model,
    question: ask.question,
    promptText: ask.promptText,
    echo,
  });
  return repeat(ask.n, (index) =>
    textChoice(index, ask, reasoning, index === 0 ? text : `${text} Choice ${index + 1}.`),
  );
}

/** Tokens of a choice as `usage` counts them. */
export function tokenCount(choice: Choice): number {
  const call = choice.toolCall === undefined ? 0 : splitTokens(choice.toolCall.arguments).length + 1;
  return choice.reasoning.length + choice.tokens.length + call;
}

function textChoice(index: number, ask: Ask, thinking: readonly string[], text: string): Choice {
  const stopped = cutAtStop(text, ask.stop);
  const all = splitTokens(stopped.text);
  const reasoning = thinking.slice(0, ask.maxTokens);
  const tokens = ask.maxTokens === undefined ? all : all.slice(0, ask.maxTokens - reasoning.length);
  const whole = tokens.length === all.length;
  return {
    index,
    reasoning,
    tokens,
    toolCall: undefined,
    finishReason: whole ? 'stop' : 'length',
    stopReason: whole ? stopped.stopReason : null,
  };
}

function callChoice(index: number, ask: Ask, reasoning: readonly string[], toolCall: ToolCall): Choice {
  // vLLM says `stop` when the caller named the tool, since the model did not choose to call it.
  const finishReason = namedChoice(ask.toolChoice) === undefined ? 'tool_calls' : 'stop';
  return { index, reasoning, tokens: [], toolCall, finishReason, stopReason: null };
}

function cutAtStop(text: string, stops: readonly string[]): { text: string; stopReason: string | null } {
  let end = text.length;
  let stopReason: string | null = null;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    if (at >= 0 && at < end) {
      end = at;
      stopReason = stop;
    }
  }
  return { text: text.slice(0, end), stopReason };
}

function repeat<T>(times: number, make: (index: number) => T): T[] {
  return Array.from({ length: times }, (_, index) => make(index));
}
