import { err, ok } from '../../lib/result.js';
import type { Embedding } from '../../signals/contract.js';
import type { PassOutputs } from './forward-pass.js';
import { groupByLength } from './length-buckets.js';
import type { Encoded } from './protocol.js';
import type { TextInPass } from './readings.js';

export type TokenisedText = Pick<TextInPass, 'window' | 'tokens'>;

/** How the tokens of a pass become numbers, and those what they say of each text. */
export interface PassSteps {
  run(texts: readonly (readonly number[])[]): Promise<PassOutputs>;
  read(pass: PassOutputs, text: TextInPass): Embedding;
}

/** One result for each text, in their order. Texts of like length share a pass. */
export async function encodeTexts(
  texts: readonly TokenisedText[],
  steps: PassSteps,
): Promise<readonly Encoded[]> {
  const results: Encoded[] = [];
  const places = texts.map((text, index): Place => ({ ...text, index }));
  for (const group of groupByLength(places, ({ tokens }) => tokens.ids.length)) {
    await encodeGroup(group, steps, results);
  }
  return results;
}

interface Place extends TokenisedText {
  readonly index: number;
}

/** One pass for all of a group; when it fails each text gets one of its own, so that none fails for another. */
async function encodeGroup(group: readonly Place[], steps: PassSteps, results: Encoded[]): Promise<void> {
  try {
    const pass = await steps.run(group.map(({ tokens }) => tokens.ids));
    group.forEach(({ window, tokens, index }, row) => {
      results[index] = ok(steps.read(pass, { window, tokens, row, rows: group.length }));
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    if (group.length > 1) for (const text of group) await encodeGroup([text], steps, results);
    else for (const { index } of group) results[index] = err(reason);
  }
}
