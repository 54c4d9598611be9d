import type { CacheBackend } from '../cache/contract.js';
import type { Warm } from '../exchange/warm.js';
import type { Clock } from '../lib/clock.js';
import type { Encoder } from '../signals/contract.js';
import { entryRoutes } from './cache-entries.js';
import { exportRoute } from './cache-export.js';
import { importRoute } from './cache-import.js';
import { searchRoute } from './cache-search.js';
import { warmRoute } from './cache-warm.js';
import { type Feedback, feedbackPage } from './feedback-page.js';
import type { Route } from './routes.js';

/** What the pages about the cache are made of. */
export interface CacheAdmin {
  readonly backend: CacheBackend;
  readonly encoder: Pick<Encoder, 'encode' | 'hash'>;
  readonly warm: Warm;
  readonly secret: Uint8Array;
  readonly clock: Clock;
  /** Whether questions and answers are shown; else only what is known about them. */
  readonly showPrompts: boolean;
  /** Takes what somebody says of an answer; absent, nothing is taken. */
  readonly feedback?: Feedback;
}

/** The pages under `/cache`. They write no log: what they read and show is prompts. */
export function cacheRoutes(cache: CacheAdmin): readonly Route[] {
  return [
    ...entryRoutes(cache),
    searchRoute(cache),
    warmRoute(cache),
    exportRoute(cache),
    importRoute(cache),
    ...(cache.feedback === undefined ? [] : [feedbackPage(cache.feedback)]),
  ];
}
