/** All models of the policy, in its order, and then those that only the last hour knows. */
export function poolAnd(pool: readonly string[], used: readonly string[]): readonly string[] {
  return [...new Set([...pool, ...used])];
}
