import type { Secret } from '../../lib/secret.js';

/** Where Milvus is, and how the cache uses it. */
export interface MilvusSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** How long connecting may take, and whatever no request waits for. Milliseconds. */
  readonly connectTimeoutMs: number;
  readonly auth: { readonly username: string; readonly password: Secret } | undefined;
  /** Paths are absolute. */
  readonly tls:
    | {
        readonly certFile: string | undefined;
        readonly keyFile: string | undefined;
        readonly caFile: string | undefined;
        readonly serverName: string | undefined;
      }
    | undefined;
  readonly collection: string;
  readonly description: string;
  readonly vectorField: string;
  readonly metricType: 'IP' | 'COSINE';
  readonly index: {
    readonly type: 'HNSW' | 'FLAT' | 'AUTOINDEX';
    readonly m: number;
    readonly efConstruction: number;
  };
  /** How many candidates an HNSW search keeps. */
  readonly ef: number;
  readonly consistencyLevel: 'Strong' | 'Session' | 'Bounded' | 'Eventually';
}
