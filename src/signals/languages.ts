/**
 * ISO 639-1 codes of the languages that can be told apart, sorted. They are those of the detector's light build; the
 * list stands apart so that a config without a language signal never loads the detector.
 */
export const LANGUAGES: readonly string[] = [
  ...[
    'ar',
    'bn',
    'de',
    'el',
    'en',
    'es',
    'fi',
    'fr',
    'he',
    'hi',
    'hu',
    'it',
    'ja',
    'ko',
    'nl',
    'no',
    'pl',
    'pt',
  ],
  ...['ro', 'ru', 'sv', 'th', 'tr', 'zh'],
];
