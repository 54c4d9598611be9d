import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'sextant-theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];
const changes = new EventTarget();

/** What the visitor chose, and what takes the next choice. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(kept);
  useLayoutEffect(() => show(kept()), []);
  return [theme, () => setTheme(chooseNext())];
}

/** Kept and shown before the click has ended: an effect would come after it, and a page left at once would lose it. */
function chooseNext(): Theme {
  const next = ORDER[(ORDER.indexOf(kept()) + 1) % ORDER.length] ?? 'system';
  localStorage.setItem(KEY, next);
  show(next);
  changes.dispatchEvent(new Event('change'));
  return next;
}

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** Counts up whenever colours change, for what is drawn on a canvas and so hears nothing of style sheets. */
export function useColourChange(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const bySystem = matchMedia('(prefers-color-scheme: dark)');
    const count = (): void => setVersion((now) => now + 1);
    changes.addEventListener('change', count);
    bySystem.addEventListener('change', count);
    return () => {
      changes.removeEventListener('change', count);
      bySystem.removeEventListener('change', count);
    };
  }, []);
  return version;
}

function kept(): Theme {
  const found = localStorage.getItem(KEY);
  return ORDER.find((theme) => theme === found) ?? 'system';
}
