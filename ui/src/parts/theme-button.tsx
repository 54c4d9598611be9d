import { type Theme, useTheme } from '../theme.js';

const SIGNS: Readonly<Record<Theme, string>> = { system: '◐', light: '☀', dark: '☾' };

export function ThemeButton() {
  const [theme, next] = useTheme();
  return (
    <button
      type="button"
      class="quiet theme"
      onClick={next}
      aria-label={`Colours: ${theme}. Change`}
      title={`Colours: ${theme}`}
    >
      <span aria-hidden="true">{SIGNS[theme]}</span>
    </button>
  );
}
