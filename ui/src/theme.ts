import { useEffect, useState } from 'preact/hooks';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'sextant-theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];
const changes = new EventTarget();

/** What the visitor chose, and what takes the next choice. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => themeOf(localStorage.getItem(KEY)));
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(KEY, theme);
    changes.dispatchEvent(new Event('change'));
  }, [theme]);
  return [theme, () => setTheme((now) => ORDER[(ORDER.indexOf(now) + 1) % ORDER.length] ?? 'system')];
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

function themeOf(kept: string | null): Theme {
  return ORDER.find((theme) => theme === kept) ?? 'system';
}
