import { createHash, createHmac } from 'node:crypto';
import type { PromptRequest, Turn } from '../openai/request.js';
import { estimateTokens } from '../signals/view.js';
import { callerOf } from './caller.js';
import type { Conversing, Inquiry } from './inquiry.js';

/** Longer conversations are not recognised: hashing one must not hold up the others. UTF-16 characters. */
const CHARS_MAX = 1024 * 1024;
/** Earlier points of a conversation that are looked for, the latest first: a turn of it may have come from the cache. */
const POINTS_MAX = 4;

/**
 * Recognises a conversation that a model has read before: by the header that the policy names, or else by its turns. What
 * is kept of them is a keyed hash that holds the tenant too, so nobody meets the conversations of others.
 *
 * Undefined where nobody keeps conversations in mind, and for what is none.
 */
export function converse(inquiry: Inquiry, request: PromptRequest): Conversing | undefined {
  const { sight, clock } = inquiry.service;
  const conversations = sight?.conversations;
  if (conversations === undefined || request.api !== 'chat' || request.textChars > CHARS_MAX)
    return undefined;
  const named = conversations.header && inquiry.head.headers.get(conversations.header)?.trim();
  const keyOf = keysOf(inquiry);
  const { key, points } = named ? pointsByName(request, named, keyOf) : pointsByTurns(request.turns, keyOf);
  const found = conversations.find(
    points.map((point) => point.key),
    clock.monotonicMs(),
  );
  const point = points.find((each) => each.key === found?.key);
  return {
    shared: found &&
      point && { model: found.model, tokens: estimateTokens({ turns: request.turns.slice(0, point.turns) }) },
    readBy: (model) => conversations.note(key, model, clock.monotonicMs()),
  };
}

/** A point up to which the conversation may have been read before. */
interface Point {
  readonly key: string;
  /** That many turns from the first one were read or written then. */
  readonly turns: number;
}

interface Points {
  /** Of the conversation as it is now. */
  readonly key: string;
  /** The latest first. */
  readonly points: readonly Point[];
}

/** The client names its conversation: all but what is asked now was read before, if any of it was. */
function pointsByName({ turns, askIndex }: PromptRequest, name: string, keyOf: KeyOf): Points {
  const key = keyOf('named', name);
  const hasHistory = turns.slice(0, askIndex).some(({ role }) => role === 'assistant');
  return { key, points: hasHistory ? [{ key, turns: askIndex }] : [] };
}

/** Before each turn of the assistant ended a request, whose turns are those up to there. */
function pointsByTurns(turns: readonly Turn[], keyOf: KeyOf): Points {
  const ends: { readonly hash: string; readonly turns: number }[] = [];
  let hash = '';
  for (const [index, { role, text }] of turns.entries()) {
    if (role === 'assistant' && index > 0) ends.push({ hash, turns: index + 1 });
    hash = createHash('sha256').update(`${hash}${role}\n`).update(text).digest('hex');
  }
  const points = ends.slice(-POINTS_MAX).toReversed();
  return {
    key: keyOf('turns', hash),
    points: points.map((end) => ({ key: keyOf('turns', end.hash), turns: end.turns })),
  };
}

type KeyOf = (kind: 'named' | 'turns', name: string) => string;

function keysOf(inquiry: Inquiry): KeyOf {
  const { service, policy } = inquiry;
  const tenant = callerOf(inquiry, 'tenant');
  const whose = tenant.kind === 'known' ? tenant.tenant : '';
  return (kind, name) => {
    const text = JSON.stringify(['sextant prefix 1', policy.name, whose, kind, name]);
    return createHmac('sha256', service.secret).update(text).digest('base64url');
  };
}
