import { isIP } from 'node:net';
import type { ModelConfig, PoolTls, SocketAddress } from '../config/config.js';
import { duration, type Fields, socketAddress, typed } from './envoy-types.js';

type Pool = Pick<ModelConfig, 'endpoints' | 'pool'>;

/** What a pool's cluster has beside its filters: TLS, questions after its health, and who is left out for a while. */
export function poolOptions({ endpoints, pool }: Pool): Fields {
  const { tls, healthCheck, outliers } = pool;
  return {
    ...(tls === undefined ? {} : { transport_socket: tlsSocket(tls, { endpoints, protocol: 'http/1.1' }) }),
    ...(healthCheck === undefined
      ? {}
      : {
          health_checks: [
            {
              timeout: duration(healthCheck.timeoutMs),
              interval: duration(healthCheck.intervalMs),
              // Without it an idle pool would be asked once a minute, and its failure be found by the next client.
              no_traffic_interval: duration(healthCheck.intervalMs),
              unhealthy_threshold: healthCheck.unhealthyAfter,
              healthy_threshold: healthCheck.healthyAfter,
              http_health_check: {
                path: healthCheck.path,
                ...(tls?.serverName === undefined ? {} : { host: tls.serverName }),
              },
            },
          ],
        }),
    ...(outliers === undefined
      ? {}
      : {
          outlier_detection: {
            consecutive_5xx: outliers.failures,
            consecutive_gateway_failure: outliers.failures,
            base_ejection_time: duration(outliers.ejectionMs),
            max_ejection_percent: outliers.ejectedPercentMax,
          },
        }),
  };
}

/** An endpoint as Envoy addresses it; `hostname` is what the pool then reads as Host. */
export function poolEndpoint(address: SocketAddress, tls: PoolTls | undefined): Fields {
  const hostname = tls?.serverName;
  return { ...(hostname === undefined ? {} : { hostname }), address: socketAddress(address) };
}

/** How Envoy makes sure whom it speaks to, and says who it is where that is asked. */
export function tlsSocket(
  tls: PoolTls,
  {
    endpoints,
    protocol,
  }: { readonly endpoints: readonly SocketAddress[]; readonly protocol: 'h2' | 'http/1.1' },
): Fields {
  const { serverName, caFile, certFile, keyFile } = tls;
  const hosts = serverName === undefined ? hostNames(endpoints) : [serverName];
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('transport_sockets.tls.v3.UpstreamTlsContext', {
      ...(serverName === undefined
        ? { auto_host_sni: true }
        : isIP(serverName) === 0
          ? { sni: serverName }
          : {}),
      common_tls_context: {
        alpn_protocols: [protocol],
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        ...(certFile === undefined || keyFile === undefined
          ? {}
          : {
              tls_certificates: [
                { certificate_chain: { filename: certFile }, private_key: { filename: keyFile } },
              ],
            }),
        validation_context: {
          ...(caFile === undefined ? { system_root_certs: {} } : { trusted_ca: { filename: caFile } }),
          // Without names any certificate of that authority would do, whoever shows it.
          match_typed_subject_alt_names: hosts.map((exact) => ({
            san_type: isIP(exact) === 0 ? 'DNS' : 'IP_ADDRESS',
            matcher: { exact },
          })),
        },
      },
    }),
  };
}

function hostNames(endpoints: readonly SocketAddress[]): readonly string[] {
  return [...new Set(endpoints.map(({ address }) => address))];
}
