import type { PromptApi } from './request.js';

/** What a path asks for, as far as Sextant knows. */
export type Api = PromptApi | 'models' | 'other';

const MODELS_PREFIX = '/v1/models/';

const API_BY_PATH: ReadonlyMap<string, Api> = new Map([
  ['/v1/chat/completions', 'chat'],
  ['/v1/completions', 'completions'],
  ['/v1/embeddings', 'embeddings'],
  ['/v1/models', 'models'],
]);

/** Which API a `:path` belongs to. The match is exact, because Envoy has normalised the path before. */
export function apiOf(path: string): Api {
  const only = pathOnly(path);
  return API_BY_PATH.get(only) ?? (isOneModel(only) ? 'models' : 'other');
}

/** The path without query and fragment. */
export function pathOnly(path: string): string {
  for (let index = 0; index < path.length; index++) {
    const char = path.charCodeAt(index);
    if (char === 0x3f || char === 0x23) return path.slice(0, index);
  }
  return path;
}

/**
 * The name in `/v1/models/NAME`, percent-decoded; names may hold slashes (`org/model`). Undefined for any other path
 * and for a name that does not decode.
 */
export function modelNameOf(path: string): string | undefined {
  const only = pathOnly(path);
  if (!isOneModel(only)) return undefined;
  try {
    return decodeURIComponent(only.slice(MODELS_PREFIX.length));
  } catch {
    return undefined;
  }
}

function isOneModel(path: string): boolean {
  return path.length > MODELS_PREFIX.length && path.startsWith(MODELS_PREFIX);
}
