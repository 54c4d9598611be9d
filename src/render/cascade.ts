import type { Config } from '../config/config.js';
import { EXTPROC_CLUSTER } from '../config/defaults.js';
import { CASCADE_NAMESPACE, JUDGE, JUDGE_METADATA } from '../exchange/headers.js';
import { duration, type Fields, typed } from './envoy-types.js';

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
  const extProc = typed('filters.http.ext_proc.v3.ExternalProcessor', {
    stat_prefix: 'sextant_judge',
    grpc_service: {
      envoy_grpc: { cluster_name: EXTPROC_CLUSTER },
      timeout: '0s',
      initial_metadata: [{ key: JUDGE_METADATA, value: cluster }],
    },
    message_timeout: duration(JUDGE_TIMEOUT_MS),
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
    metadata_options: { forwarding_namespaces: { untyped: [CASCADE_NAMESPACE] } },
  });
  const asked = {
    single_predicate: {
      input: {
        name: 'judge',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
          header_name: JUDGE,
        },
      },
      value_match: { exact: '1' },
    },
  };
  const skip = typed('filters.common.matcher.action.v3.SkipFilter');
  return [
    {
      name: 'sextant.judge',
      typed_config: typed('common.matching.v3.ExtensionWithMatcher', {
        xds_matcher: {
          matcher_list: {
            matchers: [
              {
                predicate: { not_matcher: asked },
                on_match: { action: { name: 'skip', typed_config: skip } },
              },
            ],
          },
        },
        extension_config: { name: 'sextant.judge', typed_config: extProc },
      }),
    },
    {
      name: 'sextant.judge.header',
      typed_config: typed('filters.http.header_mutation.v3.HeaderMutation', {
        mutations: { request_mutations: [{ remove: JUDGE }] },
      }),
    },
  ];
}
