import type { Config } from './config.js';
import { isLoopback } from './fields.js';

/** What works, and is likely not what was meant: one line each. */
export function configWarnings(config: Config): readonly string[] {
  return [
    ...observeWarnings(config),
    ...identityWarnings(config),
    ...personalWarnings(config),
    ...residencyWarnings(config),
    ...certificateWarnings(config),
    ...adminWarnings(config),
  ];
}

function observeWarnings({ observes, defaultModel }: Config): readonly string[] {
  if (!observes) return [];
  return [
    `mode: observe changes nothing: every request goes to the pool of ${defaultModel.name} as it is, those of guarded ` +
      'routes and those that would be blocked included',
  ];
}

function identityWarnings({ identity, routes }: Config): readonly string[] {
  if (identity.tenantHeader !== undefined || identity.jwtClaim !== undefined) return [];
  const caching = routes.filter(({ cache }) => cache.enabled && cache.scope === 'tenant');
  if (caching.length === 0) return [];
  const names = caching.map(({ name }) => name).join(', ');
  return [
    `identity: the cache of route ${names} tells callers apart by their Authorization header alone; one key that many ` +
      'share is one tenant, a token that is renewed is a new tenant each time, and without the header nothing is ' +
      'cached. Name identity.tenant_header or identity.jwt_claim, or set semantic_cache.scope to public',
  ];
}

/** Envoy lets requests of an unguarded route pass when Sextant is away, and nobody looks for personal data then. */
function personalWarnings({ personalData, decisions, routes }: Config): readonly string[] {
  const said = [personalData, ...decisions.map(({ personalData: own }) => own)];
  if (said.every((policy) => policy === undefined || policy.action === 'note')) return [];
  const open = routes.filter(({ guarded }) => !guarded).map(({ name }) => name);
  if (open.length === 0) return [];
  return [
    `personal_data: while Sextant is away, requests of route ${open.join(', ')} go to the default model unread. Set ` +
      'guarded: true where personal data must not leave',
  ];
}

/** Nor does anybody ask then where a prompt must stay. */
function residencyWarnings({ residency, decisions, routes }: Config): readonly string[] {
  if (residency === undefined && decisions.every((decision) => decision.residency === undefined)) return [];
  const open = routes.filter(({ guarded }) => !guarded).map(({ name }) => name);
  if (open.length === 0) return [];
  return [
    `residency: while Sextant is away, requests of route ${open.join(', ')} go to the default model, wherever it is. Set ` +
      'guarded: true where prompts must not leave their region',
  ];
}

function certificateWarnings({ extproc }: Config): readonly string[] {
  if (extproc.kind !== 'tcp' || extproc.tls?.clientCaFile === undefined) return [];
  if (extproc.tls.envoy.certFile !== undefined) return [];
  return [
    'extproc.tls: client_ca asks Envoy for a certificate, and the rendered Envoy has none to show. Name ' +
      'extproc.tls.envoy.certificate and key, unless you write the Envoy configuration yourself',
  ];
}

function adminWarnings({ admin: { address, tls } }: Config): readonly string[] {
  if (isLoopback(address) || tls !== undefined) return [];
  return [
    `admin: tokens and answers travel in the clear to and from ${address}. Name admin.tls, or let a proxy beside ` +
      'Sextant speak TLS and take 127.0.0.1',
  ];
}
