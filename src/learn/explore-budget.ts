/** Says when a request may be used to try a model that the expectation would not choose. */
export interface ExploreBudget {
  /** Counts a request; true when it may explore. */
  request(): boolean;
  /** The request counted last did explore. */
  spend(): void;
}

/**
 * At most that share of the requests explores, whichever stretch of them is looked at: two that do are at least
 * 1 / share apart, so that n requests in a row hold at most n × share of them, rounded up, and the first n of all at
 * most n × share, rounded down.
 *
 * @param share 0 to 1; 0 never explores
 */
export function createExploreBudget(share: number): ExploreBudget {
  const apart = share > 0 ? Math.ceil(1 / share) : Number.POSITIVE_INFINITY;
  let since = 0;
  return {
    request() {
      since++;
      return since >= apart;
    },
    spend() {
      since = 0;
    },
  };
}
