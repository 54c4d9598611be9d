import { useState } from 'preact/hooks';

const SAID_MS = 1500;

export function CopyButton({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  const copy = (): void => {
    const say = (words: string): void => {
      setSaid(words);
      setTimeout(() => setSaid(''), SAID_MS);
    };
    // Browsers lend the clipboard to pages of loopback and of TLS alone.
    if (navigator.clipboard === undefined) say('Select and copy it by hand');
    else
      navigator.clipboard.writeText(text).then(
        () => say('Copied'),
        () => say('Not allowed'),
      );
  };
  return (
    <button type="button" class="quiet" onClick={copy} aria-live="polite">
      {said || 'Copy'}
    </button>
  );
}
