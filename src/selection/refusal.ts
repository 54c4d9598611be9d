/** Who gives no answer says so at once. Characters. */
const OPENING_CHARS = 240;
/** What is longer says more than no. Characters. */
const REFUSAL_CHARS_MAX = 800;

/** How answers begin that are none, in small letters, with straight apostrophes and single spaces. */
const PHRASES: readonly string[] = [
  ...['as an ai', 'as a language model', 'i must decline', 'beyond my capabilities', 'beyond my abilities'],
  ...["i don't know", 'i do not know', "i'm not sure", 'i am not sure', 'i have no information'],
  ...["i'm unable to", 'i am unable to', "i'm not able to", 'i am not able to', "i won't be able to"],
  ...["i don't have enough information", 'i do not have enough information'],
  ...["i don't have access", 'i do not have access'],
  ...['help', 'assist', 'answer', 'provide', 'fulfill', 'comply', 'do that'].flatMap((verb) => [
    `i can't ${verb}`,
    `i cannot ${verb}`,
  ]),
  ...['als ki-', 'als sprachmodell', 'das kann ich nicht', 'dabei kann ich nicht', 'dabei nicht helfen'],
  ...['ich weiß es nicht', 'ich weiß nicht', 'ich bin nicht in der lage', 'ich kann leider nicht'],
  ...['en tant que modèle', 'je ne sais pas', 'je ne peux pas', 'je ne suis pas en mesure'],
  ...['como modelo de lenguaje', 'no puedo ayudar', 'no puedo responder', 'no lo sé', 'no estoy seguro'],
  ...['como modelo de linguagem', 'não posso ajudar', 'não posso responder', 'não sei'],
  ...['come modello linguistico', 'non posso aiutar', 'non posso rispondere', 'non lo so'],
  ...['作为一个人工智能', '作为人工智能', '我不知道', '我无法', '我不能回答'],
  ...['わかりません', '分かりません', 'お答えできません', 'お手伝いできません'],
  ...['모르겠습니다', '답변할 수 없', '도와드릴 수 없'],
];

/** True for a short text that begins by saying that it will not, or cannot, answer. Linear in the text. */
export function readsAsRefusal(text: string, morePhrases: readonly string[] = []): boolean {
  if (text.length > REFUSAL_CHARS_MAX) return false;
  const opening = plain(text.slice(0, OPENING_CHARS));
  const says = (phrase: string) => opening.includes(phrase);
  return PHRASES.some(says) || morePhrases.some((phrase) => says(plain(phrase)));
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('’', "'").split(/\s+/).join(' ');
}
