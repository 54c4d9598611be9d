import type { Config } from '../config/config.js';
import { CASCADE_NAMESPACE, JUDGE, JUDGE_METADATA } from '../exchange/headers.js';
import { type Fields, typed } from './envoy-types.js';
import { headerInput, matchedFilter, SKIP, sideExtProc } from './side-pass.js';

/** Names of the pools whose answers some decision has judged. */
export function judgedPools({
  decisions,
  models,
}: Pick<Config, 'decisions' | 'models'>): ReadonlySet<string> {
  const names = new Set(
    decisions.flatMap(({ action, cascade }) =>
      action.kind === 'block' || cascade === undefined
        ? []
        : action.models.filter((model) => !cascade.to.includes(model)),
    ),
  );
  return new Set(models.filter(({ name }) => names.has(name)).map(({ cluster }) => cluster));
}

const JUDGE_TIMEOUT_MS = 2000;

/**
 * The pass on the way back from a pool, for answers that Sextant wants to judge: a header of the request says which. An
 * answer that nobody could judge is an answer, so it fails open. The second filter takes the header away, from the pool
 * and from every further try.
 *
 * Envoy holds no body unless the reply to the head asks for it: one that outgrows the buffer while it is held becomes an
 * error of 500.
 */
export function judgeFilters(cluster: string): readonly Fields[] {
  const extProc = sideExtProc({
    statPrefix: 'sextant_judge',
    metadata: { key: JUDGE_METADATA, value: cluster },
    timeoutMs: JUDGE_TIMEOUT_MS,
    manner: {
      failure_mode_allow: true,
      allow_mode_override: true,
      processing_mode: {
        request_header_mode: 'SKIP',
        request_body_mode: 'NONE',
        request_trailer_mode: 'SKIP',
        response_header_mode: 'SEND',
        response_body_mode: 'NONE',
        response_trailer_mode: 'SKIP',
      },
    },
    namespace: CASCADE_NAMESPACE,
  });
  const asked = { single_predicate: { input: headerInput('judge', JUDGE), value_match: { exact: '1' } } };
  return [
    matchedFilter('sextant.judge', extProc, {
      matcher_list: { matchers: [{ predicate: { not_matcher: asked }, on_match: SKIP }] },
    }),
    {
      name: 'sextant.judge.header',
      typed_config: typed('filters.http.header_mutation.v3.HeaderMutation', {
        mutations: { request_mutations: [{ remove: JUDGE }] },
      }),
    },
  ];
}
