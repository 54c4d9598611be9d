import type {
  ExplainedDecision,
  ExplainedRule,
  Explanation,
} from '../../../src/exchange/explanation/value.js';
import { ms } from '../format.js';

/** The explanation as a tree: what was decided, by which rules, by which signals. */
export function WhyCard({ explanation }: { explanation: Explanation }) {
  const { outcome, decisions, selection, signals, ms: took } = explanation;
  return (
    <section class="card why" aria-labelledby="why-title">
      <h2 id="why-title">Why</h2>
      <p class="lead">
        {outcome.why.charAt(0).toUpperCase()}
        {outcome.why.slice(1)}.
      </p>
      <ul class="tree">
        {decisions.map((decision) => (
          <Decision key={decision.name} decision={decision} />
        ))}
      </ul>
      {selection !== null && (
        <details open>
          <summary>
            {selection.candidates.length === 1
              ? 'The only candidate'
              : `Chosen among ${selection.candidates.length}`}
            : <b>{selection.model}</b>
          </summary>
          <p class="more">By {selection.by}.</p>
          <ul class="plain">
            {selection.candidates.map(({ model, kept, reason, score }) => (
              <li key={model} class={kept ? undefined : 'off'}>
                {model === selection.model ? <b>{model}</b> : model} <span class="score">{score}</span>
                {reason === '' ? '' : `, ${reason}`}
              </li>
            ))}
          </ul>
          {selection.when_it_fails.length > 0 && (
            <p class="more">When it fails: {selection.when_it_fails.join(', then ')}.</p>
          )}
        </details>
      )}
      <details>
        <summary>All {signals.length} signals</summary>
        <ul class="plain">
          {signals.map(({ name, state, score, detail }) => (
            <li key={name} class={state === 'not-asked' ? 'off' : undefined}>
              <Sign truth={state === 'match' ? 'true' : state === 'no-match' ? 'false' : 'pending'} />{' '}
              <b>{name}</b> {state === 'not-asked' ? 'not asked' : `${score ?? ''} ${detail}`}
            </li>
          ))}
        </ul>
      </details>
      <details>
        <summary>{ms(took.total)} in all</summary>
        <ul class="plain">
          {Object.entries(took.stages).map(([stage, each]) => (
            <li key={stage}>
              {stage} <span class="score">{ms(each)}</span>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function Decision({ decision }: { decision: ExplainedDecision }) {
  const { name, priority, action, models, truth, won, rule } = decision;
  return (
    <li class={won ? 'won' : undefined}>
      <details open={won}>
        <summary>
          <Sign truth={truth} /> <b>{name}</b>{' '}
          <span class="more">
            priority {priority}, {action === 'block' ? 'refuses' : models.join(' or ')}
            {won ? ' · wins' : ''}
          </span>
        </summary>
        <ul>
          <Rule rule={rule} />
        </ul>
      </details>
    </li>
  );
}

const KINDS: Readonly<Record<ExplainedRule['kind'], string>> = {
  always: 'always',
  signal: '',
  all: 'all of',
  any: 'any of',
  not: 'not',
};

function Rule({ rule: { kind, truth, signal, rules } }: { rule: ExplainedRule }) {
  return (
    <li>
      <Sign truth={truth} />{' '}
      {signal === undefined ? (
        KINDS[kind]
      ) : (
        <>
          {signal.name} <Score signal={signal} />
        </>
      )}
      {rules.length > 0 && (
        <ul>
          {rules.map((inner, at) => (
            <Rule key={`${at} ${inner.kind}`} rule={inner} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Score({ signal }: { signal: NonNullable<ExplainedRule['signal']> }) {
  const { state, score, threshold, counted_as } = signal;
  if (state === 'pending') return <span class="score">not needed</span>;
  if (state === 'unknown') return <span class="score">unknown, counts as {counted_as}</span>;
  return (
    <span class="score">
      {score}
      {threshold === null ? '' : ` of ${threshold}`}
    </span>
  );
}

const SIGNS = {
  true: ['✓', 'holds'],
  false: ['✗', 'does not hold'],
  pending: ['·', 'was not needed'],
} as const;

function Sign({ truth }: { truth: 'true' | 'false' | 'pending' }) {
  const [sign, words] = SIGNS[truth];
  return (
    <span class={`sign ${truth}`}>
      <span aria-hidden="true">{sign}</span>
      <span class="visually-hidden">{words}</span>
    </span>
  );
}
