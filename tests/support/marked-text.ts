import type { Span } from '../../src/signals/contract.js';

/** A sample without the marks `<<` and `>>` around what should be found in it. */
export function unmarked(sample: string): string {
  return sample.replaceAll(/<<|>>/g, '');
}

/** A text with marks around spans: the reverse of `unmarked`, so that a failure shows what was found. */
export function markedText(text: string, spans: readonly Pick<Span, 'start' | 'end'>[]): string {
  let marked = '';
  let from = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    marked += `${text.slice(from, start)}<<${text.slice(start, end)}>>`;
    from = end;
  }
  return marked + text.slice(from);
}
