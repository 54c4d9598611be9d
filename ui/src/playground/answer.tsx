import type { ComponentChildren } from 'preact';
import type { Explanation } from '../../../src/exchange/explanation/value.js';
import { modelColour } from '../colours.js';
import { ms, NONE } from '../format.js';
import type { Answer, Told } from './ask.js';

interface AnswerProps {
  readonly answer: Answer | undefined;
  readonly explanation: Explanation | undefined;
  readonly pool: readonly string[];
}

export function AnswerCard({ answer, explanation, pool }: AnswerProps) {
  return (
    <section class="card answer" aria-labelledby="answer-title">
      <h2 id="answer-title">Answer</h2>
      {answer === undefined ? (
        <p class="empty">Choose a prompt or write one, and ask.</p>
      ) : (
        <>
          <Way answer={answer} explanation={explanation} pool={pool} />
          <div
            class="text"
            aria-live="polite"
            aria-busy={answer.state === 'waiting' || answer.state === 'coming'}
          >
            {answer.trouble === ''
              ? answer.text || <span class="empty">waiting for the first word …</span>
              : null}
            {answer.trouble !== '' && (
              <p class={answer.told?.path === 'blocked' ? 'note' : 'trouble'}>{answer.trouble}</p>
            )}
          </div>
          <Figures answer={answer} />
        </>
      )}
    </section>
  );
}

/** The way in four words: prompt, decision, who answers. Known by the explanation before the answer begins. */
function Way({ answer: { told }, explanation, pool }: AnswerProps & { answer: Answer }) {
  const decision = told?.decision ?? explanation?.outcome.decision ?? '';
  const path = told?.path ?? explanation?.outcome.path ?? '';
  const model = told?.model ?? explanation?.outcome.model ?? '';
  const [colour, who] = whoOf(path, model, told);
  return (
    <p class="way">
      <span class="step">prompt</span>
      <Arrow />
      <span class="step">{decision === '' || decision === 'none' ? '…' : decision}</span>
      <Arrow />
      <span class={`step strong ${colour ?? modelColour(model, pool)}`}>{who}</span>
    </p>
  );
}

function whoOf(path: string, model: string, told: Told | undefined): readonly [string | undefined, string] {
  if (path === 'cache')
    return ['c-cache', `cache${told?.cache.startsWith('hit-semantic') ? ', other words' : ''}`];
  if (path === 'blocked') return ['c-refused', 'refused'];
  if (path === 'error') return ['c-failed', 'failed'];
  return [undefined, model === '' || model === 'none' ? '…' : model];
}

function Arrow() {
  return (
    <span class="arrow" aria-hidden="true">
      →
    </span>
  );
}

function Figures({ answer: { told, firstMs, totalMs, tokens } }: { answer: Answer }) {
  return (
    <dl class="figures">
      <Figure name="Cache">{told?.cache.replace(';reason=', ': ') || NONE}</Figure>
      <Figure name="Similarity">
        {told === undefined || told.similarity === 'none' ? NONE : told.similarity}
      </Figure>
      <Figure name="Sextant">{told === undefined ? NONE : ms(Number(told.overheadMs))}</Figure>
      <Figure name="First word">{ms(firstMs ?? null)}</Figure>
      <Figure name="All of it">{ms(totalMs ?? null)}</Figure>
      <Figure name="Tokens">{tokens === undefined ? NONE : `${tokens.prompt} + ${tokens.completion}`}</Figure>
    </dl>
  );
}

function Figure({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
