import type { ComponentChildren } from 'preact';

/** What may be wider than the page. It takes the focus, so that the arrow keys move it. */
export function Scroll({ labelledBy, children }: { labelledBy: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it nobody can scroll by keyboard
    <section class="scroll" tabIndex={0} aria-labelledby={labelledBy}>
      {children}
    </section>
  );
}
