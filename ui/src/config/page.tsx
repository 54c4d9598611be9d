import { useEffect, useState } from 'preact/hooks';
import { get, sentence } from '../api.js';
import { CopyButton } from '../parts/copy-button.js';
import { lead, type YamlLine, yamlLines, yamlText } from './yaml.js';

interface Shown {
  readonly file: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The policy in force, section by section, with every value that a default filled in. */
export function ConfigPage() {
  const [shown, setShown] = useState<Shown>();
  const [trouble, setTrouble] = useState('');
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    get<Shown>('config').then(setShown, (thrown) => setTrouble(sentence(thrown)));
  }, []);
  if (trouble !== '') return <p class="trouble">{trouble}</p>;
  if (shown === undefined) return null;
  const sections = Object.entries(shown.config).map(([name, value]) => ({
    name,
    lines: yamlLines({ [name]: value }),
  }));
  const found = sections
    .map(({ name, lines }) => ({ name, lines, hits: lines.filter((line) => hasText(line, wanted)).length }))
    .filter(({ hits }) => wanted === '' || hits > 0);
  return (
    <div class="stack">
      <section class="headline" aria-label="About this page">
        <h1>Configuration</h1>
        <p>
          What is in force now, from <code>{shown.file}</code>, with the defaults that it leaves out. Secrets
          are hidden.
        </p>
      </section>
      <div class="row">
        <div class="grow">
          <label class="visually-hidden" for="find">
            Find in the configuration
          </label>
          <input
            id="find"
            type="search"
            placeholder="Find a key or a value …"
            value={wanted}
            onInput={({ currentTarget }) => setWanted(currentTarget.value)}
          />
        </div>
        <CopyButton text={yamlText(yamlLines(shown.config))} />
      </div>
      {found.length === 0 && <p class="empty">Nothing of this name.</p>}
      {found.map(({ name, lines }) => (
        <section key={name} class="card" aria-label={name}>
          <pre class="yaml">
            {lines.map((line, at) => (
              <Line key={`${at} ${line.key}`} line={line} isFound={wanted !== '' && hasText(line, wanted)} />
            ))}
          </pre>
        </section>
      ))}
    </div>
  );
}

function Line({ line, isFound }: { line: YamlLine; isFound: boolean }) {
  const text = (
    <>
      {line.key !== '' && <span class="key">{line.key}: </span>}
      <span class={line.value.includes('(hidden)') ? 'hidden' : undefined}>{line.value}</span>
    </>
  );
  return (
    <>
      {lead(line)}
      {isFound ? <mark>{text}</mark> : text}
      {'\n'}
    </>
  );
}

function hasText({ key, value }: YamlLine, wanted: string): boolean {
  return `${key}: ${value}`.toLowerCase().includes(wanted.trim().toLowerCase());
}
