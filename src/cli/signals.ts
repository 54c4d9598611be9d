/** The next of these signals that reaches the process. From then on they have their usual effect again. */
export function nextSignal(names: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const take = (name: NodeJS.Signals): void => {
      for (const other of names) process.off(other, take);
      resolve(name);
    };
    for (const name of names) process.on(name, take);
  });
}
