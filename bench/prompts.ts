/**
 * Prompts for measuring, made from an index alone: the same index gives the same prompt in every run, and two indices
 * give prompts unlike enough that no semantic cache may take one for the other.
 */

/** Fourteen words, different for every index. */
export function shortPrompt(index: number): string {
  const pick = picker(index);
  return (
    `Please explain how the ${pick(ADJECTIVES)} ${pick(NOUNS)} can ${pick(VERBS)} a ${pick(ADJECTIVES)} ` +
    `${pick(NOUNS)} near the ${pick(NOUNS)}`
  );
}

/** A question to store, and with `reworded` the same question in other words. */
export function storedQuestion(index: number, reworded: boolean): string {
  const pick = picker(index);
  const what = `${pick(VERBS)} ${pick(ADJECTIVES)} ${pick(NOUNS)}`;
  const tool = `${pick(ADJECTIVES)} ${pick(NOUNS)}`;
  return reworded ? `How can I ${what} using a ${tool}?` : `How do I ${what} with a ${tool}?`;
}

/** Four hundred words, different for every index. */
export function longPrompt(index: number): string {
  const pick = picker(index);
  const words: string[] = [];
  while (words.length < 400) words.push('the', pick(ADJECTIVES), pick(NOUNS), pick(VERBS));
  return words.join(' ');
}

/** Picks at random, but always the same for the same seed: the generator of Mulberry32 fits in these lines. */
function picker(seed: number): (from: readonly string[]) => string {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return (from) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return from[((mixed ^ (mixed >>> 14)) >>> 0) % from.length] ?? '';
  };
}

const VERBS = words(
  'paint repair measure polish carry clean build move store cook plant weigh sell borrow draw fold heat cool cut glue ' +
    'hang wash mix press grow sharpen test photograph wrap label insure ship tune charge restore balance catch ' +
    'decorate dry freeze lift mount pack plan print record rent rotate sew sort stack transport water weld',
);

const ADJECTIVES = words(
  'wooden ancient tiny golden frozen electric broken heavy striped silent rusty foldable digital plastic marine ' +
    'ceramic square sour fragile magnetic portable dusty crooked royal solar sticky velvet wild hollow spicy leather ' +
    'muddy glass musical tropical yellow narrow organic medical cotton salty steel purple rural paper curved woollen',
);

const NOUNS = words(
  'bridge violin tractor teapot glacier lantern bicycle pumpkin satellite carpet dolphin bakery ladder compass orchard ' +
    'piano helmet volcano blanket harbour telescope chimney tortoise umbrella castle keyboard waterfall candle saddle ' +
    'airport mushroom curtain engine pyramid library anchor balcony camel drum elevator fountain garage hammock island ' +
    'jacket kettle lemon mirror needle oven parachute quarry radio scarf temple vase wagon xylophone yacht zebra ' +
    'battery calendar donkey envelope flute glove hospital insect jewel kitchen lighthouse medal notebook onion',
);

function words(text: string): readonly string[] {
  return text.split(' ');
}
