/** A module of the package that is served, not of its sources: those of bench/ are compiled without the rest. */
export async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as T;
}
