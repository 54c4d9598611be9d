import { useEffect, useState } from 'preact/hooks';
import type { ExplainedCache, Explanation } from '../../../src/exchange/explanation/value.js';
import { sentence } from '../api.js';
import { type Answer, explain } from './ask.js';
import { READY } from './prompts.js';

type Neighbour = ExplainedCache['neighbours'][number];

interface Trial {
  readonly text: string;
  readonly cache?: ExplainedCache;
  readonly trouble?: string;
}

const TRIALS_MAX = 6;

/** What the cache thought of the prompt, and what it would think of others. */
export function CacheCard({
  explanation: { cache, outcome },
  answer,
}: {
  explanation: Explanation;
  answer: Answer;
}) {
  const { policy } = cache;
  return (
    <section class="card near" aria-labelledby="near-title">
      <h2 id="near-title">Cache</h2>
      {policy === null ? (
        <p class="empty">The policy switches the cache off.</p>
      ) : (
        <>
          <p class="lead">{leadOf(cache, outcome.path)}</p>
          {cache.neighbours.length > 0 && <h3>What was near</h3>}
          {cache.neighbours.slice(0, 4).map((neighbour) => (
            <Meter
              key={neighbour.id}
              text={neighbour.ask ?? 'a stored question'}
              near={neighbour}
              policy={policy}
            />
          ))}
          <Others key={answer.question.prompt} answer={answer} policy={policy} />
        </>
      )}
    </section>
  );
}

function leadOf({ outcome, reason }: ExplainedCache, path: string): string {
  if (path === 'blocked') return 'What is refused is not stored.';
  const known = OUTCOMES[outcome] ?? outcome;
  return reason === '' || reason === 'verified' ? `${known}.` : `${known} (reason: ${reason}).`;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  'hit-exact': 'Answered from the cache: the same words were asked before',
  'hit-semantic': 'Answered from the cache: the same was asked before in other words',
  miss: 'Not in the cache; the answer is stored if it may be',
  bypass: 'Kept out of the cache',
  off: 'The cache had no part in it',
};

/** The same question in other words, and another in nearly the same ones: asked of the cache once the answer is in it. */
function Others({ answer, policy }: { answer: Answer; policy: NonNullable<ExplainedCache['policy']> }) {
  const { question, state } = answer;
  const ready = READY.find(({ prompt }) => prompt === question.prompt);
  const [trials, setTrials] = useState<readonly Trial[]>([]);
  const [own, setOwn] = useState('');
  const look = async (text: string): Promise<void> => {
    const trial = await explain({ ...question, prompt: text }).then(
      ({ cache }): Trial => ({ text, cache }),
      (thrown): Trial => ({ text, trouble: sentence(thrown) }),
    );
    setTrials((before) => [...before.filter((each) => each.text !== text), trial].slice(-TRIALS_MAX));
  };
  useEffect(() => {
    if (state !== 'done' || ready === undefined) return;
    // One after the other: the admin listener explains few requests at a time.
    void look(ready.reworded).then(() => look(ready.different));
  }, [state]);
  const add = (event: Event): void => {
    event.preventDefault();
    if (own.trim() !== '') void look(own.trim()).then(() => setOwn(''));
  };
  if (state !== 'done') return null;
  return (
    <>
      <h3>Would these be answered from it now?</h3>
      {trials.map((trial) => (
        <TrialRow key={trial.text} trial={trial} policy={policy} />
      ))}
      <form class="inline" onSubmit={add}>
        <label class="visually-hidden" for="other-words">
          The question in other words
        </label>
        <input
          id="other-words"
          placeholder="Say it in other words …"
          value={own}
          onInput={({ currentTarget }) => setOwn(currentTarget.value)}
        />
        <button type="submit" class="quiet" disabled={own.trim() === ''}>
          Compare
        </button>
      </form>
    </>
  );
}

function TrialRow({
  trial: { text, cache, trouble },
  policy,
}: {
  trial: Trial;
  policy: NonNullable<ExplainedCache['policy']>;
}) {
  if (trouble !== undefined) return <p class="trouble">{trouble}</p>;
  if (cache === undefined) return null;
  const [nearest] = cache.neighbours;
  const isHit = cache.outcome.startsWith('hit');
  if (nearest === undefined) {
    return (
      <p class="meter-row">
        <span class="ask">{text}</span>{' '}
        <Verdict isHit={isHit} words={isHit ? 'answered: same words' : cache.reason || cache.outcome} />
      </p>
    );
  }
  return <Meter text={text} near={nearest} policy={policy} isHit={isHit} reason={cache.reason} />;
}

interface MeterProps {
  readonly text: string;
  readonly near: Neighbour;
  readonly policy: NonNullable<ExplainedCache['policy']>;
  readonly isHit?: boolean;
  readonly reason?: string;
}

/** From here on the scale begins: what is less alike is all the same to the cache. */
const SCALE_FROM = 0.4;

/** A similarity on its scale, with the threshold from which a stored answer may be served. */
function Meter({ text, near, policy, isHit, reason }: MeterProps) {
  const place = (value: number): number =>
    Math.max(0, Math.min(1, (value - SCALE_FROM) / (1 - SCALE_FROM))) * 100;
  const least = policy.candidate_threshold ?? policy.threshold;
  const served = isHit ?? (near.verdict === 'same' || near.verdict === 'agrees');
  return (
    <div class="meter-row">
      <span class="ask">{text}</span>
      <svg class="meter" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" y="3" width="100" height="4" rx="2" />
        <rect
          class={served ? 'fill served' : 'fill'}
          y="3"
          width={place(near.similarity)}
          height="4"
          rx="2"
        />
        {least < policy.threshold && <rect class="tick second" x={place(least)} width="0.4" height="10" />}
        <rect class="tick" x={place(policy.threshold)} width="0.6" height="10" />
      </svg>
      <span class="more">
        {near.similarity.toFixed(3)} alike; {policy.threshold} is enough
        {least < policy.threshold ? `, ${least} for a second look` : ''}
        {near.judged === null || near.similarity >= policy.threshold
          ? ''
          : `, which gave ${near.judged.toFixed(2)}`}
      </span>
      <Verdict isHit={served} words={wordsOf(near, served, reason)} />
    </div>
  );
}

function wordsOf({ verdict }: Neighbour, served: boolean, reason = ''): string {
  if (served) return 'answered from the cache';
  const known = VERDICTS[verdict] ?? `not served: ${verdict} differs`;
  return verdict === 'agrees' && reason !== '' ? `not served: ${reason}` : known;
}

const VERDICTS: Readonly<Record<string, string>> = {
  'too-far': 'not served: too far',
  'not-reached': 'not looked at',
  agrees: 'not served',
  same: 'not served',
};

function Verdict({ isHit, words }: { isHit: boolean; words: string }) {
  return <span class={isHit ? 'verdict good' : 'verdict'}>{words}</span>;
}
