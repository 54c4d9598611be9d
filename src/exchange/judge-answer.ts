import { mediaTypeOf } from '../lib/headers.js';
import { answerSigns } from '../openai/answer-signs.js';
import { createAnswerCollector } from '../openai/collect.js';
import { weaknessOf } from '../selection/judge-answer.js';
import { CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE } from './headers.js';
import type { JudgeDesk, JudgeVerdict, Judging, Unjudged } from './judging.js';
import type { AnswerJudge, OpenAnswerJudge, ResponseHead } from './verdict.js';

/**
 * By this status a weak answer makes Envoy ask the next model. No server sends it, and it is below 500, so that Envoy
 * does not take the endpoint for one that fails.
 */
export const WEAK_STATUS = 473;

const JSON_TYPE = 'application/json';

/** Opens judges for the answers of the desk; whatever cannot be judged passes. */
export function judgesOf(desk: JudgeDesk): OpenAnswerJudge {
  return (id) => {
    const judging = desk.find(id);
    return judging === undefined ? undefined : judgeOf(id, judging, desk);
  };
}

function judgeOf(id: string, judging: Judging, desk: JudgeDesk): AnswerJudge {
  return {
    head(head) {
      const why = unjudgeable(head, judging.policy.bodyBytesMax);
      if (why !== undefined) judging.verdict = { kind: 'none', why };
      return why === undefined;
    },
    body(body) {
      const verdict = verdictOn(body, judging);
      const kept = verdict.kind === 'weak' && desk.keep(id, verdict);
      if (kept) return WEAK_STATUS;
      judging.verdict = verdict.kind === 'weak' ? { kind: 'none', why: 'no-room' } : verdict;
      return undefined;
    },
  };
}

/**
 * Envoy answers 500 in place of a body that outgrows its buffer while it is held, so one whose length is not known is
 * not held.
 */
function unjudgeable({ status, headers, endOfStream }: ResponseHead, bytesMax: number): Unjudged | undefined {
  if (status < 200 || status >= 300) return 'failed';
  const mediaType = mediaTypeOf(headers.get(CONTENT_TYPE));
  const encoding = headers.get(CONTENT_ENCODING) ?? 'identity';
  if (endOfStream || mediaType !== JSON_TYPE || encoding !== 'identity') return 'unreadable';
  const length = headers.get(CONTENT_LENGTH);
  if (length === undefined) return 'no-length';
  return Number(length) <= bytesMax ? undefined : 'too-large';
}

function verdictOn(body: Uint8Array, { api, policy, wish, expected }: Judging): JudgeVerdict {
  const options = { api, contentType: JSON_TYPE, bytesMax: policy.bodyBytesMax, keep: true };
  const collector = createAnswerCollector(options);
  collector.push(body);
  const { outcome, usage } = collector.finish(true);
  if (outcome.kind === 'partial') return { kind: 'none', why: 'unreadable' };
  const choices = answerSigns(outcome.completion, wish);
  const weakness = weaknessOf({ choices, wish, expected }, policy.judge);
  return weakness === undefined ? { kind: 'good' } : { kind: 'weak', weakness, body, usage };
}
