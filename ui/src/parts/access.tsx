import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, keepToken, signInNeeded, token } from '../api.js';

/** What the admin listener lets this visitor do. */
export interface Access {
  readonly sign_in: 'token' | 'none';
  readonly role: 'operate' | 'read' | 'none';
}

export interface AccessState {
  /** Undefined until it is known. */
  readonly access: Access | undefined;
  readonly ask: () => void;
}

const EVERYTHING: Access = { sign_in: 'none', role: 'operate' };

export function useAccess(): AccessState {
  const [access, setAccess] = useState<Access>();
  const ask = (): void => {
    get<Access>('access').then(setAccess, () => setAccess(EVERYTHING));
  };
  useEffect(() => {
    ask();
    const needed = (): void => setAccess({ sign_in: 'token', role: 'none' });
    signInNeeded.addEventListener('needed', needed);
    return () => signInNeeded.removeEventListener('needed', needed);
  }, []);
  return { access, ask };
}

/** Shows what is behind it to those who may see it, and asks the others for a token. */
export function Gate({
  access: { access, ask },
  children,
}: {
  access: AccessState;
  children: ComponentChildren;
}) {
  if (access === undefined) return null;
  if (access.role === 'none') return <SignIn onToken={ask} />;
  return (
    <>
      {access.role === 'read' && (
        <p class="note">
          This token may look, and change nothing: the playground and the buttons of the cache need another.
        </p>
      )}
      {children}
    </>
  );
}

function SignIn({ onToken }: { onToken: () => void }) {
  const [value, setValue] = useState('');
  const wasRefused = token() !== '';
  const enter = (event: Event): void => {
    event.preventDefault();
    keepToken(value.trim());
    onToken();
  };
  return (
    <form class="card sign-in" onSubmit={enter}>
      <h1>Sign in</h1>
      <p>This listener asks for a token: the one of the policy's admin section.</p>
      <label for="token">Token</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        value={value}
        onInput={({ currentTarget }) => setValue(currentTarget.value)}
      />
      {wasRefused && <p class="trouble">The token of before was refused.</p>}
      <button type="submit" disabled={value.trim() === ''}>
        Enter
      </button>
    </form>
  );
}
