import type { Config } from '../config/config.js';
import type { SimulatorOptions } from '../simulator/server.js';

/** How fast a simulated pool answers. */
type Pace = Pick<SimulatorOptions, 'ttftMs' | 'tokensPerSecond' | 'reasoning'>;

/** The demonstration's: the first question takes as long as it did in the article's test. */
const DEMO_PACES: ReadonlyMap<string, Pace> = new Map([
  ['small-general', { ttftMs: 400, tokensPerSecond: 25 }],
  ['large-reasoning', { ttftMs: 900, tokensPerSecond: 40, reasoning: true }],
  ['coder', { ttftMs: 300, tokensPerSecond: 80 }],
]);

/** Any other pool's, by its size: up to so many thousand million parameters. */
const PACES: readonly (Pace & { readonly parametersB: number })[] = [
  { parametersB: 9, ttftMs: 120, tokensPerSecond: 160 },
  { parametersB: 47, ttftMs: 200, tokensPerSecond: 120 },
  { parametersB: Number.POSITIVE_INFINITY, ttftMs: 400, tokensPerSecond: 60 },
];

const INSTANT: Pace = { ttftMs: 0, tokensPerSecond: 0 };

/** One simulator for each model of a policy, at the port that the policy names where that is free. */
export function poolsOf(config: Pick<Config, 'models'>, instant: boolean): readonly SimulatorOptions[] {
  return config.models.map(({ name, endpoints, parametersB }) => ({
    name,
    // The alias is what lets the default pool take a request that nobody rewrote.
    aliases: ['auto'],
    port: endpoints[0]?.port ?? 0,
    ...(instant ? INSTANT : paceOf(name, parametersB)),
  }));
}

function paceOf(name: string, sizeB: number): Pace {
  const bySize = PACES.find(({ parametersB }) => sizeB <= parametersB) ?? INSTANT;
  return DEMO_PACES.get(name) ?? { ttftMs: bySize.ttftMs, tokensPerSecond: bySize.tokensPerSecond };
}
