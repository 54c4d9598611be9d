/** For a schema that is used once or twice: it is not worth the code that zod would write and compile for it. */
export const READ_ONCE = { jitless: true };

/** Reads each file once while a config is loaded, so that what is checked is what is taken. */
export function onceForEach<T extends object>(read: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    const found = known.get(path) ?? read(path);
    known.set(path, found);
    return found;
  };
}
