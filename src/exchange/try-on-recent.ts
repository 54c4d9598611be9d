import { ok } from '../lib/result.js';
import { viewOf } from '../signals/view.js';
import type { Embed } from './classify.js';
import { encodeOnce } from './encode-once.js';
import { emptyPlan, type Inquiry } from './inquiry.js';
import { Ledger } from './ledger.js';
import { lookingTime } from './looking-time.js';
import type { RoutePolicy } from './policy.js';
import { readWholeOnce } from './read-whole.js';
import type { RecentPrompt } from './recent.js';
import { decideAnew, type Replayed } from './replay.js';
import { searchOnce } from './search-personal-data.js';
import type { ExchangeService } from './service.js';
import { withoutTrace } from './without-trace.js';

/** Nobody waits for these answers, and those who do wait come first. Milliseconds. */
const DEADLINE_MS = 10_000;

/** How many of the last prompts another policy sends elsewhere. */
export interface RecentChange {
  readonly prompts: number;
  readonly changed: number;
}

/**
 * Tries a policy on the last prompts, beside the one before: by the same steps that serve, one prompt after the other, so
 * that requests hardly wait for it. Nothing is stored, learnt or counted.
 */
export async function tryOnRecent(
  prompts: readonly RecentPrompt[],
  before: ExchangeService,
  now: ExchangeService,
): Promise<RecentChange> {
  let changed = 0;
  for (const prompt of prompts) {
    const was = JSON.stringify(await decidedBy(before, prompt));
    if (was !== JSON.stringify(await decidedBy(now, prompt))) changed += 1;
  }
  return { prompts: prompts.length, changed };
}

async function decidedBy(service: ExchangeService, prompt: RecentPrompt): Promise<Replayed> {
  const { route, head, request } = prompt;
  const policy = service.policyOf(route);
  if (policy === undefined) return { kind: 'failed', code: 'unknown_route' };
  const inquiry: Inquiry = {
    service: withoutTrace(service),
    policy: patient(policy),
    head,
    ledger: new Ledger('tried', policy.name),
    askForTime: () => undefined,
    plan: emptyPlan(),
  };
  const view = viewOf(request, head.headers, head.metadata);
  const embed = embedOnce(inquiry, prompt);
  const time = lookingTime(inquiry);
  const readers = {
    embed,
    readWhole: readWholeOnce(inquiry, view, { embed, time }),
    search: searchOnce(inquiry, view, time),
  };
  const body = Buffer.from(JSON.stringify(request.body), 'utf8');
  try {
    return await decideAnew(inquiry, request, { body, readers, missing: new Set() });
  } catch {
    return { kind: 'failed', code: 'internal_error' };
  }
}

function patient(policy: RoutePolicy): RoutePolicy {
  return {
    ...policy,
    encodeDeadlineMs: DEADLINE_MS,
    reading: { ...policy.reading, deadlineMs: DEADLINE_MS },
  };
}

/** The encoder outlives every policy, so a prompt is encoded once however often policies change. */
function embedOnce(inquiry: Inquiry, prompt: RecentPrompt): Embed {
  const encode = encodeOnce(inquiry, prompt.request.ask);
  return async () => {
    if (prompt.embedding !== undefined) return ok(prompt.embedding);
    const encoded = await encode();
    if (encoded.ok) prompt.embedding = encoded.value;
    return encoded;
  };
}
