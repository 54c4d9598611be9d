/** What was given as `--name=…`. */
export function flag(name: string): string | undefined {
  const begin = `--${name}=`;
  return process.argv
    .slice(2)
    .find((given) => given.startsWith(begin))
    ?.slice(begin.length);
}

/** @throws Error when it is no count */
export function countFlag(name: string, usual: number): number {
  const value = Number(flag(name) ?? usual);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} needs a whole number above 0`);
  return value;
}
