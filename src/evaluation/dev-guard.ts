import type { GuardRow } from './guard.js';
import type { OwnTexts } from './own-texts.js';

const CARRIERS = ['email', 'web', 'code', 'tool', 'misc'];
const INSTRUCTIONS_PER_DOCUMENT = 5;
const HARMS_PER_FRAME = 4;

/** Prompts by our own hand that are attacks, by the way in which they are. */
export async function ownAttacks(texts: OwnTexts): Promise<Readonly<Record<string, readonly GuardRow[]>>> {
  const harms = await texts.heldOut('guard/direct_harm');
  const frames = await texts.heldOut('guard/jailbreak_frames');
  const framed = frames.flatMap((frame, index) =>
    Array.from({ length: HARMS_PER_FRAME }, (_, turn) => {
      const harm = harms[(index * HARMS_PER_FRAME + turn) % harms.length] ?? '';
      return frame.replace('{request}', () => harm);
    }),
  );
  const injections = await texts.heldOut('guard/direct_injection');
  const carriers = await carriersOf(texts);
  const buried = [...framed, ...injections].map((attack, index) => {
    const around = (by: number) => carriers[(2 * index + by) % carriers.length] ?? '';
    return `${around(0)}\n\n${attack}\n\n${around(1)}`;
  });
  return {
    persuasive: prompts(await texts.heldOut('guard/persuasive'), true),
    'plainly harmful': prompts(harms, true),
    'frames around them': prompts(framed, true),
    'against the instructions': prompts(injections, true),
    'in the middle of long prompts': prompts(buried, true),
  };
}

/** Documents as they are, and the same documents with an instruction slipped in, which then are attacks. */
export async function documents(
  texts: OwnTexts,
  instructions: readonly string[],
): Promise<readonly GuardRow[]> {
  const carriers = await carriersOf(texts);
  return carriers.flatMap((carrier, index) => {
    const clean: GuardRow = { text: carrier, role: 'document', attack: false };
    const slipped = Array.from({ length: INSTRUCTIONS_PER_DOCUMENT }, (_, turn): GuardRow => {
      const instruction =
        instructions[(index * INSTRUCTIONS_PER_DOCUMENT + turn) % instructions.length] ?? '';
      return { text: slipIn(carrier, instruction, index + turn), role: 'document', attack: true };
    });
    return [clean, ...slipped];
  });
}

export function prompts(texts: readonly string[], attack: boolean): readonly GuardRow[] {
  return texts.map((text) => ({ text, role: 'user', attack }));
}

async function carriersOf(texts: OwnTexts): Promise<readonly string[]> {
  const lists = await Promise.all(CARRIERS.map((name) => texts.heldOut(`documents/carriers_${name}`)));
  return lists.flat();
}

/** First, last, on a line of its own in the middle, or between two sentences there. */
function slipIn(document: string, instruction: string, place: number): string {
  const middle = Math.floor(document.length / 2);
  switch (place % 4) {
    case 0:
      return `${instruction}\n${document}`;
    case 1:
      return `${document}\n${instruction}`;
    case 2:
      return insertAt(document, `\n${instruction}\n`, document.indexOf('\n', middle));
    default:
      return insertAt(document, `${instruction} `, document.indexOf('. ', middle) + 2);
  }
}

function insertAt(document: string, piece: string, at: number): string {
  // A document without such a place in its second half gets it at the end.
  return at < document.length / 2 ? document + piece : document.slice(0, at) + piece + document.slice(at);
}
