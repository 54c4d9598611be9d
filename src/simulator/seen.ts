import { hash } from 'node:crypto';

/** One request that a simulator was sent, kept for tests. */
export interface SeenRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** The model that it asked for, when the body was JSON and named one. */
  readonly model: string | undefined;
  /** Header fields, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** sha256 of the body's bytes, hex. */
  readonly bodyHash: string;
}

export interface SeenRequests {
  readonly total: number;
  readonly byPath: ReadonlyMap<string, number>;
  readonly byModel: ReadonlyMap<string, number>;
  /** The latest requests, oldest first, at most {@link RECENT_MAX}. */
  readonly recent: readonly SeenRequest[];
}

/** How many requests are remembered whole. A constant so that a benchmark of hours does not fill the memory. */
export const RECENT_MAX = 100;

/** Distinct paths or models beyond this are counted together, since clients choose both. */
const NAMES_MAX = 100;
const OTHER = '(other)';

interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly model: string | undefined;
}

/**
 * Remembers what a simulator was asked. The request path only keeps references, because a benchmark pays for it;
 * readable values are made when somebody reads.
 */
export class RequestLog {
  private total = 0;
  private readonly byPath = new Map<string, number>();
  private readonly byModel = new Map<string, number>();
  private readonly ring: RawRequest[] = [];

  add(request: RawRequest): void {
    this.ring[this.total % RECENT_MAX] = request;
    this.total += 1;
    count(this.byPath, request.path);
    if (request.model !== undefined) count(this.byModel, request.model);
  }

  read(): SeenRequests {
    const turn = this.total % RECENT_MAX;
    const oldestFirst =
      this.total <= RECENT_MAX ? this.ring : [...this.ring.slice(turn), ...this.ring.slice(0, turn)];
    return {
      total: this.total,
      byPath: new Map(this.byPath),
      byModel: new Map(this.byModel),
      recent: oldestFirst.map(readable),
    };
  }

  clear(): void {
    this.total = 0;
    this.ring.length = 0;
    this.byPath.clear();
    this.byModel.clear();
  }
}

function count(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < NAMES_MAX ? name : OTHER;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function readable(request: RawRequest): SeenRequest {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = (request.rawHeaders[at] ?? '').toLowerCase();
    const value = request.rawHeaders[at + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  const { method, path, model, body } = request;
  return { method, path, model, headers, body: body.toString('utf8'), bodyHash: hash('sha256', body) };
}
