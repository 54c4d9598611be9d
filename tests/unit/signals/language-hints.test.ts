import { describe, expect, test } from '@jest/globals';
import { hintLanguage } from '../../../src/signals/language-hints.js';
import { WORD_BITS, WORD_LANGUAGES } from '../../../src/signals/language-words.js';
import { LANGUAGES } from '../../../src/signals/languages.js';
import { EVERYDAY_SENTENCES } from '../../fixtures/everyday-sentences.js';

function languageOf(text: string): string | undefined {
  const hint = hintLanguage(text);
  return typeof hint === 'object' ? hint.language : hint;
}

describe('words', () => {
  test.each(Object.entries(EVERYDAY_SENTENCES))('tell %s or nothing', (language, sentences) => {
    const told = sentences.split('\n').map((sentence) => languageOf(sentence.trim()));
    expect(told).toHaveLength(15);
    expect(told.filter((each) => each !== undefined && each !== language)).toEqual([]);
    // Norwegian is nearly Danish, and Finnish, Hungarian and Turkish put into endings what others have words for.
    const toldMin = ['de', 'en', 'es', 'fr'].includes(language) ? 12 : 2;
    expect(told.filter((each) => each === language).length).toBeGreaterThanOrEqual(toldMin);
  });

  test('of all languages in Latin script are known', () => {
    const others = ['ar', 'bn', 'el', 'he', 'hi', 'ja', 'ko', 'ru', 'th', 'zh'];
    const latin = LANGUAGES.filter((each) => !others.includes(each));
    expect(WORD_LANGUAGES.filter((each) => LANGUAGES.includes(each)).sort()).toEqual(latin);
    expect(Object.keys(EVERYDAY_SENTENCES)).toEqual(latin);
    // Each language takes one bit of a 32-bit number.
    expect(WORD_LANGUAGES.length).toBeLessThanOrEqual(31);
  });

  test('are in lower case, and longer than the names of variables', () => {
    const odd = [...WORD_BITS.keys()].filter((word) => word.length < 2 || word !== word.toLowerCase());
    expect(odd).toEqual([]);
  });

  test.each([
    ['code', 'for (const x of list) { if (x.is_of(that)) return the[x]; } // what the user can do'],
    ['code without brackets', 'SELECT the_id FROM what WHERE my_user AND can_do ORDER BY when DESC'],
    ['a mixed text', 'Kannst du mir sagen, was das heißt: what are you going to do about it?'],
    ['a title in another language', 'Kuka kirjoitti The Catcher in the Rye and The Lord of the Rings'],
    ['names', 'los angeles to las vegas, san jose to el paso'],
    ['names in capitals', 'Los Angeles, Las Vegas, El Paso, Del Mar'],
    ['a short text', 'what is the'],
    ['few words', 'refund order delayed'],
    ['Danish', 'Kan du fortælle mig, hvorfor jeg ikke kan få min pakke i dag?'],
    ['Catalan', 'Com puc canviar la meva contrasenya si no tinc accés al compte?'],
    ['Dutch that is Afrikaans', 'Ek kan nie my wagwoord onthou nie, wat moet ek nou doen?'],
    ['Vietnamese', 'Làm thế nào để tôi lấy lại mật khẩu của mình?'],
    [
      'decomposed letters',
      '¿Cuánto tiempo más tendré que esperar?'.normalize('NFD').replace(/[a-z]{4,}/g, ''),
    ],
    ['a quotation in another script', 'How do you say 你好 in the English of today?'],
  ])('do not decide %s', (_, text) => {
    expect(hintLanguage(text)).toBeUndefined();
  });

  test('are clearer the fewer another language shares', () => {
    const clarity = (text: string) => Object(hintLanguage(text)).clarity;
    expect(clarity('what should they tell him if it would')).toBe(1);
    expect(clarity('what should we tell them in the den')).toBeLessThan(1);
    expect(clarity('what should we tell them in the den')).toBeGreaterThan(0.5);
  });

  test('count once each', () => {
    expect(hintLanguage('the what the what the what')).toBeUndefined();
    expect(languageOf('the what should the what should')).toBe('en');
  });

  test('count in capitals only where a sentence begins', () => {
    expect(languageOf('Should it? Would they? When?')).toBe('en');
    expect(hintLanguage('rivers Should Would When They Their')).toBeUndefined();
  });
});

describe('a script', () => {
  test.each([
    ['Πώς μπορώ να αλλάξω τον κωδικό μου;', 'el'],
    ['Как мне вернуть деньги за заказ?', 'ru'],
    ['Где находится подъезд номер 5?', 'ru'],
    ['איך אני מחליף סיסמה?', 'he'],
    ['كيف يمكنني تغيير كلمة المرور؟', 'ar'],
    ['मैं अपना पासवर्ड कैसे बदलूँ?', 'hi'],
    ['আমি কীভাবে পাসওয়ার্ড বদলাব?', 'bn'],
    ['ฉันจะเปลี่ยนรหัสผ่านได้อย่างไร', 'th'],
    ['비밀번호를 어떻게 바꾸나요?', 'ko'],
    ['如何更改我的密码？', 'zh'],
    ['パスワードを変更する方法を教えてください', 'ja'],
    ['如何在我的旧电脑上安装新的操作系统 v2 😀', 'zh'],
  ])('of %j means %s', (text, language) => {
    expect(hintLanguage(text)).toEqual({ language, clarity: 1 });
  });

  test.each([
    ['Persian', 'چگونه رمز عبور خود را تغییر دهم؟'],
    ['Urdu', 'میں اپنا پاس ورڈ کیسے تبدیل کروں؟'],
    ['Ukrainian', 'Як мені змінити свій пароль?'],
    ['Bulgarian', 'Къде мога да сменя паролата си?'],
    ['Serbian', 'Како да промијеним своју лозинку?'],
    ['Marathi', 'मला वेळ नाही, काय करू?'],
    ['Yiddish', 'װאָס טוט איר הײַנט?'],
    ['Assamese', 'মই কেনেকৈ পাছৱৰ্ড সলনি কৰিম?'],
  ])('has letters of languages beyond: %s', (_, text) => {
    expect(hintLanguage(text)).toBe('beyond');
  });

  test.each([
    ['formula', 'α + β'],
    ['mixed with Latin', '如何用 Python 排序'],
    ['of two', 'Привет 你好 как дела'],
    ['Chinese with one kana', '我喜欢喝日本の绿茶和乌龙茶'],
    ['Korean with kana', '비밀번호를 パスワード'],
    ['nobody asks for', 'நான் எப்படி மாற்றுவது?'],
    ['of nothing', '12345 + 6 = ?'],
  ])('does not decide what is %s', (_, text) => {
    expect(hintLanguage(text)).toBeUndefined();
  });
});
