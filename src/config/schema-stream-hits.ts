import { z } from 'zod';
import type { CachePolicy, StreamHits } from '../cache/contract.js';
import { section } from './fields.js';
import { atValue, type Finding } from './problems.js';

/** A section that is written is meant; a route may switch it off again. */
export const streamHits = section({
  enabled: z.boolean().default(true),
  tokens_per_second: z
    .number()
    .min(1)
    .max(10_000)
    .optional()
    .describe('About how fast; left out, as fast as the client takes them.'),
}).describe('Hits that a client asked for as a stream come event by event. Guarded routes only.');

type StreamHitsText = z.output<typeof streamHits> | undefined;

/** What a file says of caches, as far as it matters here. */
interface Caches {
  readonly semantic_cache: { readonly enabled: boolean; readonly stream_hits?: StreamHitsText };
  readonly routes: readonly {
    readonly name: string;
    readonly guarded: boolean;
    readonly semantic_cache?:
      | { readonly enabled?: boolean | undefined; readonly stream_hits?: StreamHitsText }
      | undefined;
  }[];
}

/** What a route says stands in place of what the file says. */
export function streamHitsPolicy(
  text: StreamHitsText,
  base?: StreamHits | undefined,
): Pick<CachePolicy, 'streamHits'> {
  if (text === undefined) return { streamHits: base };
  return { streamHits: text.enabled ? { tokensPerSecond: text.tokens_per_second } : undefined };
}

/**
 * Envoy keeps no copy of a body that it streams to us, so that a request cannot go on to the default pool once Sextant
 * fails amid it. A route that shall fail open cannot have it.
 */
export function streamHitsFindings({ routes, semantic_cache: base }: Caches): readonly Finding[] {
  return routes.flatMap((route, index) => {
    const own = route.semantic_cache;
    const asked = own?.stream_hits ?? base.stream_hits;
    if (asked?.enabled !== true || !(own?.enabled ?? base.enabled) || route.guarded) return [];
    const said = own?.stream_hits === undefined ? [] : ['routes', index];
    const message =
      `cannot be had on route ${JSON.stringify(route.name)}, which fails open: Envoy keeps no copy of a streamed body ` +
      'for the default pool; set guarded: true there, or semantic_cache.stream_hits.enabled: false';
    return [atValue([...said, 'semantic_cache', 'stream_hits'], message)];
  });
}
