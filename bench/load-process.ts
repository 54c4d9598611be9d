import { type LoadTarget, runLoad } from './load.js';
import { type Recipe, requestBytesOf } from './recipes.js';

/** One order to the load process. */
export interface LoadOrder {
  readonly target: LoadTarget;
  readonly recipe: Recipe;
}

// Its own process: what it costs must count neither as Sextant nor as the runner.
process.on('message', (order: LoadOrder) => {
  runLoad(order.target, requestBytesOf(order.recipe)).then(
    (result) => process.send?.(result),
    (cause: unknown) => {
      console.error(cause);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
