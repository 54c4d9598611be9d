import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { StackConfig } from './stack-config.js';

/** Writes the file of the Milvus backend, and gives the config that names it. */
export async function milvusStackConfig(
  folder: string,
  file: {
    readonly port: number;
    readonly deadlineMs?: number;
    readonly more?: Readonly<Record<string, unknown>>;
  },
): Promise<StackConfig> {
  const path = join(folder, `milvus-${file.port}-${file.deadlineMs ?? 50}.yaml`);
  const { connection = {}, ...rest } = (file.more ?? {}) as { connection?: object };
  const text = {
    connection: { host: '127.0.0.1', port: file.port, ...connection },
    // A loaded machine is slow, and whoever tests something else must not lose to the deadline.
    deadline_ms: file.deadlineMs ?? 50,
    ...rest,
  };
  await writeFile(path, stringify(text));
  return {
    semantic_cache: {
      enabled: true,
      backend_type: 'milvus',
      backend_config_path: path,
      similarity_threshold: 0.8,
    },
  };
}
