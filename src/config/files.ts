import { join, resolve } from 'node:path';
import { resolvePath } from './paths.js';
import type { ConfigFile } from './schema.js';

/** Every file that a config was read from, the config file first: when one of them changes, the config may. Absolute. */
export function filesOf(text: ConfigFile, file: string): readonly string[] {
  const { admin, semantic_cache: cache, selection, decisions, signals } = text;
  const routers = [selection, ...decisions.map((decision) => decision.selection)].flatMap((said) =>
    // Without a slash it is the name of one that is shipped.
    said?.router?.includes('/') === true ? [join(said.router, 'router.json')] : [],
  );
  const ofSignals = signals.flatMap((signal) => {
    if (signal.type === 'embedding') return signal.examples_file ?? [];
    return signal.type === 'intent' && signal.head !== undefined ? join(signal.head, 'head.json') : [];
  });
  const named = [
    admin.token_file,
    admin.read_only_token_file,
    cache.backend_config_path,
    ...routers,
    ...ofSignals,
  ];
  const paths = named.flatMap((path) => (path === undefined ? [] : [resolvePath(path, file)]));
  return [...new Set([resolve(file), ...paths])];
}
