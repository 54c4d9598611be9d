import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { CachePage } from './cache/page.js';
import { ConfigPage } from './config/page.js';
import { LivePage } from './live/page.js';
import { Gate, useAccess } from './parts/access.js';
import { ThemeButton } from './parts/theme-button.js';
import { PlaygroundPage } from './playground/page.js';

const PAGES: readonly { readonly path: string; readonly title: string; readonly view: ComponentType }[] = [
  { path: 'live', title: 'Live', view: LivePage },
  { path: 'playground', title: 'Playground', view: PlaygroundPage },
  { path: 'cache', title: 'Cache', view: CachePage },
  { path: 'config', title: 'Configuration', view: ConfigPage },
];

export function App() {
  const path = useHash();
  const page = PAGES.find((each) => each.path === path) ?? PAGES[0];
  const access = useAccess();
  useEffect(() => {
    document.title = `${page?.title ?? ''} · Sextant`;
  }, [page]);
  if (page === undefined) return null;
  const View = page.view;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        To the content
      </button>
      <header class="top">
        <a class="brand" href="#live">
          <Mark />
          Sextant
        </a>
        <nav aria-label="Pages">
          {PAGES.map(({ path: to, title }) => (
            <a key={to} href={`#${to}`} aria-current={to === page.path ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <ThemeButton />
      </header>
      <main id="main" tabIndex={-1}>
        <Gate access={access}>
          <View />
        </Gate>
      </main>
    </>
  );
}

/** The page is chosen by the part of the address behind `#`, so a link to it can be kept. */
function useHash(): string {
  const [hash, setHash] = useState(location.hash.slice(1));
  useEffect(() => {
    const change = (): void => {
      setHash(location.hash.slice(1));
      scrollTo(0, 0);
    };
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return hash;
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <path d="M6 23a14 14 0 0 0 20 0" class="mark-arc" />
      <path d="M16 6v16M16 6 8.4 21M16 6l7.6 15" class="mark-frame" />
      <circle cx="16" cy="6" r="2.4" class="mark-dot" />
    </svg>
  );
}
