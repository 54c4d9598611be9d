import { useState } from 'preact/hooks';
import { CopyButton } from '../parts/copy-button.js';
import { type Call, LANGUAGES, type Language, snippet } from './snippets.js';

export function SnippetCard({ call }: { call: Call }) {
  const [language, setLanguage] = useState<Language>('curl');
  const text = snippet(language, call);
  return (
    <section class="card" aria-labelledby="code-title">
      <div class="row">
        <h2 id="code-title">The same call</h2>
        <div class="chips">
          {LANGUAGES.map((name) => (
            <button
              key={name}
              type="button"
              class="chip"
              aria-pressed={name === language}
              onClick={() => setLanguage(name)}
            >
              {name}
            </button>
          ))}
        </div>
        <CopyButton text={text} />
      </div>
      <pre class="code">{text}</pre>
    </section>
  );
}
