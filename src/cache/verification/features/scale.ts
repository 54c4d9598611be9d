/** Names of features and their numbers. */
export type Features = Readonly<Record<string, number>>;

/** A truth as a number. */
export function flag(truth: boolean): number {
  return truth ? 1 : 0;
}

/** A count as a share of the most that is told apart, 0 to 1. */
export function share(count: number, most: number): number {
  return most <= 0 ? 0 : Math.min(1, count / most);
}

/** How many of `ours` are not in `theirs`, each as often as it occurs. */
export function countOnlyIn(ours: readonly string[], theirs: readonly string[]): number {
  const left = new Map<string, number>();
  for (const item of theirs) left.set(item, (left.get(item) ?? 0) + 1);
  let only = 0;
  for (const item of ours) {
    const count = left.get(item) ?? 0;
    if (count === 0) only += 1;
    else left.set(item, count - 1);
  }
  return only;
}
