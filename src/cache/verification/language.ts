import type { Reading } from './tokens.js';
import { wordSet } from './word-list.js';

/** Share of letters beyond which a text counts as written in another script. */
const OTHER_SCRIPT_SHARE_MAX = 0.3;

/**
 * True unless the text reads as English. The tables of all the other checks are English, as is the vocabulary of the
 * encoder; in another language `not` would be one unknown word among others, so nothing here could vouch for a hit.
 */
export function isForeign(reading: Reading): boolean {
  if (otherScriptShare(reading.text) > OTHER_SCRIPT_SHARE_MAX) return true;
  let english = 0;
  let foreign = 0;
  for (const token of reading.tokens) {
    if (ENGLISH.has(token.lower)) english += 1;
    else if (FOREIGN.has(token.lower)) foreign += 1;
  }
  return foreign > english;
}

function otherScriptShare(text: string): number {
  let letters = 0;
  let other = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    // Below 0x250 every letter is Latin.
    if (code < 0x80 ? isAsciiLetter(code) : code < 0x250) letters += 1;
    else if (code >= 0x250 && /\p{L}/u.test(char)) {
      letters += 1;
      if (!/\p{Script=Latin}/u.test(char)) other += 1;
    }
  }
  return letters === 0 ? 0 : other / letters;
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

const ENGLISH = wordSet(`
  the of and to in is are was were be been what how do does did i my me you your we our they their it its a an for
  on with which who why when where that this these those from at by or if can could should would will not no as
  have has had there about into than then please tell explain write give show make best between`);

/** The commonest words of French, German, Spanish, Italian, Portuguese and Dutch that are no English words. */
const FOREIGN = wordSet(`
  le les des une est et dans pour que qui quoi sur avec pas vous je nous il elle sont du au aux ce cette quel quelle
  quelles quels où pourquoi combien mon mes comment ça être fait faire peut
  der das und ist nicht ein eine einen wie wo warum wann ich du wir sie mit für auf von zu den dem welche welcher kann
  wer gibt sind wird habe mein meine
  el los las una uno por para con como cómo qué cuál cuáles dónde cuándo quién mi su del es puedo hacer está
  gli è di che un della dei cosa dove quando perché sono quali posso
  os é um uma em qual quais onde não são você fazer
  het een van ik niet dat wat waar hoe wie voor zijn welke de la y`);
