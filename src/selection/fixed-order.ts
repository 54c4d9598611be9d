/** No name of a model holds a comma. */
const BETWEEN = ',';

/**
 * The order in which models are asked where Envoy can only follow one that was laid down before: the one that is asked
 * first, then the others as they are written.
 *
 * @param written models of a decision, then those that it falls back to
 */
export function orderFrom(first: string, written: readonly string[]): readonly string[] {
  return [first, ...written.filter((name) => name !== first)];
}

/** The cluster in which these models stand one below the other. */
export function orderCluster(order: readonly string[]): string {
  return `sextant-order:${order.join(BETWEEN)}`;
}

/** All orders that may be asked for: whichever model is chosen comes first. */
export function allOrders(written: readonly string[]): readonly (readonly string[])[] {
  return written.length < 2 ? [] : written.map((first) => orderFrom(first, written));
}

/**
 * Of the models that may be asked, those that Envoy will ask if the first of them fails: it leaves nobody out, so the
 * first that must be left out is the end.
 *
 * @param order as chosen, the best first
 */
export function alongOrder<M extends { readonly name: string }>(
  order: readonly M[],
  written: readonly string[],
): readonly M[] {
  const [first] = order;
  if (first === undefined || !written.includes(first.name)) return order.slice(0, 1);
  const along: M[] = [];
  for (const name of orderFrom(first.name, written)) {
    const model = order.find((each) => each.name === name);
    if (model === undefined) break;
    along.push(model);
  }
  return along;
}
