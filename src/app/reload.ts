import { type FileWatch, watchFiles } from '../adapters/files/watch-files.js';
import type { Config } from '../config/config.js';
import { untilRestart } from '../config/until-restart.js';
import type { RoutePolicy } from '../exchange/policy.js';
import type { ExchangeService } from '../exchange/service.js';
import type { RecentChange } from '../exchange/try-on-recent.js';
import type { Clock } from '../lib/clock.js';
import type { Result } from '../lib/result.js';
import { sameValue } from '../lib/same-value.js';
import type { Timers } from '../lib/timers.js';
import type { Logger } from '../telemetry/contract.js';

/** Problems that are logged; a file that is quite another has hundreds. */
const PROBLEMS_MAX = 20;

/** What became of one look at the config file. */
export type Reloaded =
  | { readonly outcome: 'unchanged' }
  /** The config before goes on. */
  | { readonly outcome: 'refused'; readonly problems: readonly string[] }
  | {
      readonly outcome: 'applied';
      /** How many of the last prompts go elsewhere by it. */
      readonly recent: RecentChange;
      /** Sections of the file that count only after a restart. */
      readonly needsRestart: readonly string[];
      /** True where Envoy must be given a new configuration as well. */
      readonly envoyChanged: boolean;
    };

export interface ReloadState {
  readonly applied: number;
  readonly refused: number;
  /** False while the file that is there is one that was refused. */
  readonly lastSucceeded: boolean;
  readonly appliedAtMs: number;
  readonly needsRestart: readonly string[];
  /** Of the file as it is, where it was refused. */
  readonly problems: readonly string[];
}

/** A config, and the policies that were built from it. */
export interface Built {
  readonly config: Config;
  readonly policies: ReadonlyMap<string, RoutePolicy>;
}

/** What is served at one moment. */
export interface Served extends Built {
  readonly service: ExchangeService;
}

/** Where one config follows another. */
export interface Serving {
  readonly now: Served;
  /** When it fails, the one before goes on. */
  follow(built: Built): Promise<void>;
}

/** How a config that is served is followed by another. */
export interface ReloadOptions {
  /** Reads the file again; a problem is a line with its place. */
  readonly load: () => Result<Config, readonly string[]>;
  /** How often the file is looked at; undefined: only when somebody asks. Milliseconds. */
  readonly watchMs: number | undefined;
}

export interface ReloadParts extends ReloadOptions {
  readonly live: Serving;
  readonly build: (config: Config) => Promise<Built['policies']>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** Takes over what the config file says now, whole or not at all. One look at a time: who comes meanwhile waits. */
export class Reloader {
  #running: Promise<unknown> = Promise.resolve();
  /** What the file said when it was last accepted, with what waits for a restart. */
  #said: Config | undefined;
  /** What Envoy would be told by that. */
  #envoy: string | undefined;
  #watch: FileWatch | undefined;
  #state: ReloadState;

  constructor(private readonly parts: ReloadParts) {
    this.#state = {
      applied: 0,
      refused: 0,
      lastSucceeded: true,
      appliedAtMs: parts.clock.nowMs(),
      needsRestart: [],
      problems: [],
    };
  }

  get state(): ReloadState {
    return this.#state;
  }

  /** Looks at the files from now on. */
  begin(): void {
    const { live, watchMs: intervalMs, timers } = this.parts;
    if (intervalMs === undefined) return;
    const paths = () => live.now.config.files;
    this.#watch = watchFiles({ paths, intervalMs, timers, changed: () => this.reload() });
  }

  /** Once nothing is being taken over any more. */
  async close(): Promise<void> {
    this.#watch?.close();
    await this.#running;
  }

  /** Never rejects. */
  reload(): Promise<Reloaded> {
    const done = this.#running.then(() => this.#look());
    this.#running = done;
    return done;
  }

  async #look(): Promise<Reloaded> {
    const { live, load, build } = this.parts;
    try {
      const loaded = load();
      if (!loaded.ok) return this.#refuse(loaded.error);
      const { config, keys } = untilRestart(live.now.config, loaded.value);
      const built = { config, policies: await build(config) };
      if (sameValue(loaded.value, this.#said ?? live.now.config) && !this.#differs(built)) {
        this.#state = { ...this.#state, lastSucceeded: true, problems: [] };
        return { outcome: 'unchanged' };
      }
      const before = live.now;
      await live.follow(built);
      return await this.#applied(loaded.value, keys, before);
    } catch (error) {
      return this.#refuse([error instanceof Error ? error.message : 'unknown reason']);
    }
  }

  /** A head of the user's own may be another under the same name. */
  #differs({ policies }: Built): boolean {
    const { now } = this.parts.live;
    return [...policies].some(([route, { version }]) => now.policies.get(route)?.version !== version);
  }

  #refuse(problems: readonly string[]): Reloaded {
    const { refused } = this.#state;
    this.#state = { ...this.#state, refused: refused + 1, lastSucceeded: false, problems };
    this.parts.logger.error(
      { problems: problems.slice(0, PROBLEMS_MAX), count: problems.length },
      'the config file is not taken over, since something is wrong in it; the config before goes on',
    );
    return { outcome: 'refused', problems };
  }

  /** @param before what was served until now */
  async #applied(config: Config, needsRestart: readonly string[], before: Served): Promise<Reloaded> {
    const { live, clock, logger } = this.parts;
    const envoyChanged = await this.#isOtherEnvoy(this.#said ?? before.config, config);
    this.#said = config;
    const applied = this.#state.applied + 1;
    this.#state = {
      ...this.#state,
      applied,
      lastSucceeded: true,
      appliedAtMs: clock.nowMs(),
      needsRestart,
      problems: [],
    };
    const { service } = live.now;
    const { tryOnRecent } = await import('../exchange/try-on-recent.js');
    const recent = await tryOnRecent(service.recent?.all() ?? [], before.service, service);
    logger.info(
      { ...recent, needsRestart, envoyChanged },
      `the config file was taken over: ${recent.changed} of the last ${recent.prompts} prompts would change`,
    );
    if (needsRestart.length > 0) {
      logger.warn({ needsRestart }, `needs a restart to count: ${needsRestart.join(', ')}`);
    }
    if (envoyChanged) {
      logger.warn({}, "Envoy's configuration is another one now: render it again, and give it to Envoy");
    }
    return { outcome: 'applied', recent, needsRestart, envoyChanged };
  }

  /** What Envoy is told of models and routes stands in a file of its own, which nobody swaps here. */
  async #isOtherEnvoy(before: Config, now: Config): Promise<boolean> {
    const { renderEnvoy } = await import('../render/envoy.js');
    const was = this.#envoy ?? renderEnvoy(before);
    this.#envoy = renderEnvoy(now);
    return this.#envoy !== was;
  }
}
