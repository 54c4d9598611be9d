import { describe, expect, test } from '@jest/globals';
import { supportedLanguages, toISO2 } from 'tinyld/light';
import { detectLanguage, languageSignal } from '../../../src/signals/language.js';
import { hintLanguage } from '../../../src/signals/language-hints.js';
import { LANGUAGES } from '../../../src/signals/languages.js';
import { promptView } from '../../support/prompt-view.js';

describe('detectLanguage', () => {
  test.each([
    ['What are the main renewable energy sources?', 'en'],
    ['Can you help me to fix the error in this program?', 'en'],
    ['Wie geht es dir heute, und was machst du?', 'de'],
    ['Quelles sont les principales sources d’énergie ?', 'fr'],
    ['¿Cuál es la capital de este país?', 'es'],
    ['如何退款', 'zh'],
    ['パスワードを忘れました', 'ja'],
    ['환불을 받고 싶어요', 'ko'],
    ['Как вернуть деньги за заказ?', 'ru'],
  ])('%j is %s', (text, language) => {
    expect(detectLanguage(text)?.language).toBe(language);
  });

  test.each(['', '2+2', 'hi', 'ok thanks', 'print(x)', '12345', 'la la'])('cannot tell %j', (text) => {
    expect(detectLanguage(text)).toBeUndefined();
  });

  test('clarity lies between 0 and 1', () => {
    expect(detectLanguage('如何退款')?.clarity).toBe(1);
    const clarity = detectLanguage('What are the main renewable energy sources?')?.clarity ?? 0;
    expect(clarity).toBeGreaterThan(0);
    expect(clarity).toBeLessThanOrEqual(1);
  });

  test('cannot tell where two languages come close', () => {
    expect(detectLanguage('Explain quantum computing in simple terms')).toBeUndefined();
  });

  test('reads the beginning of a long text only', () => {
    const text = 'What are the main renewable energy sources? '.repeat(10);
    const mixed = text + 'Wie geht es dir heute, und was machst du? '.repeat(10_000);
    expect(detectLanguage(mixed)).toEqual(detectLanguage(text));
  });

  test('asks the detector where words and script leave doubt, about the beginning too', () => {
    const text = 'Kuinka kauan kananmunaa keitetään? '.repeat(20);
    expect(hintLanguage(text)).toBeUndefined();
    expect(detectLanguage(text)).toEqual({ language: 'fi', clarity: expect.any(Number) });
    expect(detectLanguage(`${text}${'Rejtvényfejtőkről '.repeat(10_000)}`)).toEqual(detectLanguage(text));
  });

  test('cannot tell a language beyond those that it knows, though one of them has its script', () => {
    expect(detectLanguage('Як мені змінити свій пароль?')).toBeUndefined();
    expect(detectLanguage('چگونه رمز عبور خود را تغییر دهم؟')).toBeUndefined();
  });
});

describe('languageSignal', () => {
  const signal = languageSignal({ name: 'european', languages: ['de', 'fr'] });

  test('matches its languages', () => {
    expect(signal.cost).toBe('rule');
    const value = signal.evaluate(promptView('Wie geht es dir heute, und was machst du?'), undefined);
    expect(value).toMatchObject({ state: 'known', matched: true, detail: 'written in de' });
    expect(value.state === 'known' && value.score).toBeGreaterThan(0);
  });

  test('does not match others', () => {
    expect(signal.evaluate(promptView('如何退款'), undefined)).toEqual({
      state: 'known',
      matched: false,
      score: 0,
      detail: 'written in zh',
    });
  });

  test('is unknown where the language cannot be told', () => {
    expect(signal.evaluate(promptView('hi'), undefined)).toEqual({
      state: 'unknown',
      reason: 'the language cannot be told',
    });
  });

  test('refuses a language that it cannot tell', () => {
    expect(LANGUAGES).toEqual([...new Set(supportedLanguages.map(toISO2))].sort());
    expect(() => languageSignal({ name: 'x', languages: ['en', 'xx'] })).toThrow(
      'signal "x": language "xx" is none of ar, ',
    );
  });
});
