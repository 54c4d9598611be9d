import type { ExplainedSignal, Explanation } from '../exchange/explanation/value.js';
import { section } from './section.js';

/** One thing that another policy would do otherwise. */
export interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** What would change for one request: where it goes, what guards and other signals say, what the cache does. */
export function differencesOf(before: Explanation, after: Explanation): readonly Change[] {
  const seen = [linesOf(before), linesOf(after)] as const;
  const names = [...new Set([...seen[0].keys(), ...seen[1].keys()])];
  return names.flatMap((what) => {
    const [old = ABSENT, fresh = ABSENT] = seen.map((lines) => lines.get(what));
    return old === fresh ? [] : [{ what, before: old, after: fresh }];
  });
}

const ABSENT = 'not there';

export function differenceText(changes: readonly Change[]): string {
  if (changes.length === 0) return 'nothing would change';
  return changes.map(({ what, before, after }) => section(what, [`${before} → ${after}`])).join('\n');
}

function linesOf({
  outcome,
  selection,
  reasoning,
  personal_data: personal,
  cache,
  signals,
}: Explanation): ReadonlyMap<string, string> {
  const lines = new Map([
    ['path', outcome.path],
    ['decision', outcome.decision || 'none'],
    ['model', outcome.model || 'none'],
    ['refusal', outcome.error === null ? 'none' : outcome.error.code],
    ['when it fails', selection?.when_it_fails.join(', ') || 'none'],
    ['its answer', selection?.judged === true ? 'is judged' : 'is not judged'],
    ['chosen by', selection?.by ?? 'nothing'],
    [
      'candidates',
      selection?.candidates.map(({ model, kept }) => `${model}${kept ? '' : ' (left out)'}`).join(', ') ??
        'none',
    ],
    ['reasoning', reasoning === null ? 'left alone' : reasoning.thinks ? 'on' : 'off'],
    ['personal data', personal?.outcome ?? 'not looked for'],
    ['cache', `${cache.outcome}${cache.reason === '' ? '' : `: ${cache.reason}`}`],
  ]);
  for (const [key, value] of Object.entries(cache.policy ?? {})) lines.set(`cache.${key}`, String(value));
  for (const signal of signals) lines.set(`signal ${signal.name}`, signalNote(signal));
  return lines;
}

/** What nobody asked tells nothing of the policy: it depends on which rules came first. */
function signalNote({ state, threshold }: ExplainedSignal): string {
  const said = state.replace('-', ' ');
  return threshold === null ? said : `${said} at ${threshold}`;
}
