export interface ConcurrentlyOptions {
  /** How many items may be worked on at once. */
  readonly limit: number;
  /** Told of every thousandth item that is done. */
  readonly progress?: ((done: number, of: number) => void) | undefined;
}

const PROGRESS_EVERY = 1000;

/** The answers in the order of the items. Stops at the first failure. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  { limit, progress }: ConcurrentlyOptions,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const answers = new Array<R>(items.length);
  let next = 0;
  let done = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      const item = items[index] as T;
      try {
        answers[index] = await work(item, index);
        done++;
        if (done % PROGRESS_EVERY === 0) progress?.(done, items.length);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return answers;
}
