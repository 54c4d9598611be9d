import { READY } from './prompts.js';

export interface FormState {
  readonly prompt: string;
  readonly model: string;
  readonly stream: boolean;
  readonly key: string;
}

interface FormProps {
  readonly form: FormState;
  readonly models: readonly string[];
  readonly isRunning: boolean;
  readonly onChange: (form: FormState) => void;
  readonly onSend: () => void;
}

export function Form({ form, models, isRunning, onChange, onSend }: FormProps) {
  const send = (event: Event): void => {
    event.preventDefault();
    if (form.prompt.trim() !== '') onSend();
  };
  const byKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send(event);
  };
  return (
    <form class="card ask" onSubmit={send}>
      <h2 id="ready">Ready prompts</h2>
      <div class="chips">
        {READY.map(({ title, prompt }) => (
          <button
            key={title}
            type="button"
            class="chip"
            aria-pressed={form.prompt === prompt}
            onClick={() => onChange({ ...form, prompt })}
          >
            {title}
          </button>
        ))}
      </div>
      <label for="prompt">Prompt</label>
      <textarea
        id="prompt"
        rows={5}
        value={form.prompt}
        onInput={({ currentTarget }) => onChange({ ...form, prompt: currentTarget.value })}
        onKeyDown={byKey}
      />
      <div class="fields">
        <div>
          <label for="model">Model</label>
          <select
            id="model"
            value={form.model}
            onChange={({ currentTarget }) => onChange({ ...form, model: currentTarget.value })}
          >
            {models.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <div>
          <label for="key">API key (kept nowhere)</label>
          <input
            id="key"
            type="password"
            autocomplete="off"
            placeholder="playground"
            value={form.key}
            onInput={({ currentTarget }) => onChange({ ...form, key: currentTarget.value })}
          />
        </div>
      </div>
      <div class="send">
        <button type="submit" disabled={form.prompt.trim() === ''}>
          {isRunning ? 'Ask again' : 'Ask'}
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={form.stream}
            onChange={({ currentTarget }) => onChange({ ...form, stream: currentTarget.checked })}
          />{' '}
          stream the answer
        </label>
        <span class="hint">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd>
        </span>
      </div>
    </form>
  );
}
