import type {
  ExplainedDecision,
  ExplainedRule,
  ExplainedSelection,
  ExplainedSignal,
  Explanation,
} from '../exchange/explanation/value.js';
import { cacheLines } from './explain-text-cache.js';
import { readingLines } from './explain-text-reading.js';
import { printable } from './printable.js';
import { section } from './section.js';

/** An explanation for a person at a terminal, without colour: one section for each part of it, in the order of the way. */
export function explanationText(explanation: Explanation): string {
  const { signals, decisions, selection, reasoning, personal_data: personal, cache, reading } = explanation;
  return [
    section('request', requestLines(explanation)),
    section('outcome', outcomeLines(explanation)),
    '',
    section('signals', signalLines(signals)),
    '',
    section('decisions', decisions.length === 0 ? ['none'] : decisions.flatMap(decisionLines)),
    '',
    section('candidates', selection === null ? ['no model had to be chosen'] : candidateLines(selection)),
    section('reasoning', reasoningLines(reasoning)),
    ...(personal === null ? [] : [section('personal', [personalLine(personal)])]),
    '',
    section('cache', cacheLines(cache)),
    section('reading', reading === null ? ['nothing was to be read whole'] : readingLines(reading)),
    section('time', [timeLine(explanation)]),
  ].join('\n');
}

function requestLines({ request, route }: Explanation): readonly string[] {
  if (request === null) return [`on the route ${route}: it could not be read`];
  const { api, model, turns, chars, context_tokens, modalities, tools, stream } = request;
  const besides = [...modalities, ...(tools ? ['tools'] : []), ...(stream ? ['streamed'] : [])];
  const size = `${count(turns, 'turn')}, ${count(chars, 'character')}, about ${context_tokens} tokens`;
  return [[`${api} for ${shown(model)} on the route ${route}: ${size}`, ...besides].join(', ')];
}

function outcomeLines({ outcome }: Explanation): readonly string[] {
  const { path, decision, model, why, error } = outcome;
  const by = decision === '' || decision === 'none' ? '' : `, by the decision ${decision}`;
  const lines = [`${path}${model === '' ? '' : ` → ${shown(model)}`}${by}`, why];
  return error === null
    ? lines
    : [...lines, `the client is told ${error.code}: ${printable(error.message, 300)}`];
}

function signalLines(signals: readonly ExplainedSignal[]): readonly string[] {
  if (signals.length === 0) return ['none'];
  const width = widest(signals.map(({ name }) => name));
  return signals.map(({ name, state, score, threshold, margin, detail, ms }) => {
    const said = [name.padEnd(width), state.replace('-', ' ').padEnd(9)];
    if (score !== null) said.push(held({ score, threshold, margin }));
    if (ms !== null) said.push(`${ms.toFixed(3)} ms`);
    if (detail !== '') said.push(printable(detail, 200));
    return said.join('  ').trimEnd();
  });
}

const WORDS = { true: 'yes', false: 'no', pending: 'open' } as const;

function decisionLines(decision: ExplainedDecision): readonly string[] {
  const { name, priority, action, models, truth, won, confidence, rule } = decision;
  const does = action === 'block' ? 'blocks' : `→ ${models.join(', ')}`;
  const end = won ? ', wins' : '';
  const sure = truth === 'true' ? `, ${confidence} sure` : '';
  return [`${name} (priority ${priority}, ${does}): ${HOLDS[truth]}${end}${sure}`, ...ruleLines(rule, 1)];
}

const HOLDS = {
  true: 'holds',
  false: 'does not hold',
  pending: 'open, for nobody had to know',
} as const;

function ruleLines({ truth, kind, signal, rules }: ExplainedRule, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  const said = signal === undefined ? kind : signalNote(signal);
  return [
    `${indent}${WORDS[truth].padEnd(4)} ${said}`,
    ...rules.flatMap((inner) => ruleLines(inner, depth + 1)),
  ];
}

function signalNote({
  name,
  state,
  score,
  threshold,
  margin,
  counted_as,
}: NonNullable<ExplainedRule['signal']>) {
  if (state === 'pending') return `${name}, not asked`;
  if (state === 'unknown')
    return `${name}, unknown, which counts as ${counted_as === 'match' ? 'a' : 'no'} match`;
  return score === null ? name : `${name}, ${held({ score, threshold, margin })}`;
}

interface Held {
  readonly score: number;
  readonly threshold: number | null;
  readonly margin: number | null;
}

function held({ score, threshold, margin }: Held): string {
  if (threshold === null || margin === null) return `score ${score}`;
  return `score ${score} against ${threshold} (${margin < 0 ? '' : '+'}${margin})`;
}

function candidateLines(selection: ExplainedSelection): readonly string[] {
  const { by, model, when_it_fails, judged, candidates } = selection;
  const width = widest(candidates.map((candidate) => candidate.model));
  const lines = candidates.map((candidate) => {
    const name = candidate.model.padEnd(width);
    if (!candidate.kept) return `${name}  left out: ${printable(candidate.reason, 200)}`;
    const parts = Object.entries(candidate.parts).map(([part, score]) => `${part} ${score}`);
    const chosen = candidate.model === model ? 'chosen' : 'kept';
    return `${name}  ${chosen}: ${candidate.score} = ${parts.join(' + ') || 'nothing'}`;
  });
  const fits = candidates.some((candidate) => candidate.kept);
  const other = fits ? [] : [`none of them can take the prompt, so it goes to ${shown(model)}`];
  const when = judged ? 'when its answer is weak, or it fails' : 'when it fails';
  const next = when_it_fails.length === 0 ? [] : [`${when}: ${when_it_fails.join(', then ')}`];
  return [`by ${by}`, ...lines, ...restLines(selection), ...other, ...next];
}

/** A better one that is not asked first has failed of late: nothing else comes before the score. */
function restLines({ model, candidates }: ExplainedSelection): readonly string[] {
  const chosen = candidates.find((candidate) => candidate.model === model)?.score ?? Number.POSITIVE_INFINITY;
  const better = candidates.filter(({ kept, score }) => kept && score > chosen);
  return better.map((candidate) => `${candidate.model} scores higher and rests, for it has failed of late`);
}

function reasoningLines(reasoning: Explanation['reasoning']): readonly string[] {
  if (reasoning === null) return ['as client and model want it'];
  const edits = reasoning.edits.map(({ path, value }) => `  ${path} = ${JSON.stringify(value)}`);
  const head = `${reasoning.model} ${reasoning.thinks ? 'thinks' : 'does not think'}`;
  return edits.length === 0 ? [`${head}; nothing had to be written into the request`] : [head, ...edits];
}

/** Kinds, never what they are. */
function personalLine({ outcome, types }: NonNullable<Explanation['personal_data']>): string {
  return types.length === 0 ? outcome : `${outcome}: ${types.join(', ')}`;
}

function timeLine({ ms }: Explanation): string {
  const stages = Object.entries(ms.stages).map(([stage, took]) => `${stage} ${took.toFixed(3)}`);
  return [...stages, `all ${ms.total.toFixed(3)} ms`].join(', ');
}

/** Names of models come from clients too. */
function shown(name: string): string {
  return printable(name, 100);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function widest(names: readonly string[]): number {
  return Math.min(30, Math.max(...names.map((name) => name.length)));
}
