const NAME_WIDTH = 12;

/** Lines under a name that stands before the first of them. */
export function section(name: string, lines: readonly string[]): string {
  return lines.map((line, at) => `${(at === 0 ? name : '').padEnd(NAME_WIDTH)}${line}`.trimEnd()).join('\n');
}
