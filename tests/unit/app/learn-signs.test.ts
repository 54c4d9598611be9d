import { describe, expect, test } from '@jest/globals';
import { learnOutcomes } from '../../../src/app/learn-outcomes.js';
import type { Json } from '../../../src/lib/json.js';
import { ask, HARD, harness, head, LARGE, SMALL } from '../../support/exchange-service.js';

const BOTH = { ...HARD, action: { kind: 'route' as const, models: ['large', 'small'] } };
/** So many set the scale before one teaches. */
const FIRST = 20;

type Message = { readonly role: string; readonly content: string };
type Source = 'outcomes' | 'feedback' | 'reask';

function opened(from: readonly Source[]) {
  const clock = { nowMs: () => 0, monotonicMs: () => 0 };
  const rule = { exploreMax: 0, minOutcomes: 1, halfLifeOutcomes: 200, from: new Set(from) };
  const learnings = new Map([['hard', rule]]);
  const taught = learnOutcomes({ learnings, decisions: [BOTH] }, { clock, random: () => 0.5 });
  const models = [
    { ...SMALL, quality: 0.8 },
    { ...LARGE, quality: 0.8 },
  ];
  const h = harness({ cache: { enabled: false }, decisions: [BOTH], policy: { models } });
  Object.assign(h.service, taught.learning === undefined ? {} : { learning: taught.learning });
  const send = async (messages: readonly Message[], headers: Record<string, string> = {}) => {
    const body = Buffer.from(JSON.stringify({ model: 'auto', messages }));
    const { exchange, verdict } = await ask(h.open, body, head({}, headers));
    exchange.close();
    const sent = verdict.kind === 'forward' ? Buffer.from(verdict.body ?? []).toString() : '{}';
    return (JSON.parse(sent) as { readonly model: string }).model;
  };
  const heard = () => {
    const decisions = taught.desk.report().decisions as Record<string, { readonly models: Json }>;
    const found = decisions['hard']?.models as readonly {
      model: string;
      outcomes: number;
      quality?: number;
    }[];
    return found.reduce((sum, { outcomes }) => sum + outcomes, 0);
  };
  return { send, heard, taught };
}

const user = (content: string): Message => ({ role: 'user', content });
const SAID: Message = { role: 'assistant', content: 'It follows from the definition.' };
let talks = 0;

/** One question and what the user says to its answer. */
function talk(next: string, more: { readonly system?: readonly [string, string] } = {}) {
  const question = user(`prove theorem ${talks++} of number theory`);
  const system = (at: 0 | 1) =>
    more.system === undefined ? [] : [{ role: 'system', content: more.system[at] }];
  return {
    asked: [...system(0), question],
    goesOn: [...system(1), question, SAID, user(next)],
  };
}

/** Until signs teach: as many bad ones as good ones. */
async function setScale(send: (messages: readonly Message[]) => Promise<string>, bad: string, good: string) {
  for (let at = 0; at < FIRST; at++) {
    const { asked, goesOn } = talk(at % 2 === 0 ? bad : good);
    await send(asked);
    await send(goesOn);
  }
}

describe('a decision that learns from conversations', () => {
  test('hears complaints and thanks for the answer before, and turns away from the model that they are about', async () => {
    const { send, heard, taught } = opened(['feedback']);
    await setScale(send, "that's wrong", 'thanks, that helps');
    expect(heard()).toBe(0);
    const { asked, goesOn } = talk('and now something else');
    await send(asked);
    await send(goesOn);
    expect(heard()).toBe(0);
    const first = talk("that's wrong");
    const model = await send(first.asked);
    await send(first.goesOn);
    expect(heard()).toBe(1);
    for (let at = 0; at < 40; at++) {
      const again = talk("that's wrong");
      await send(again.asked);
      await send(again.goesOn);
    }
    const report = JSON.stringify(taught.desk.report());
    expect(await send(talk('').asked)).not.toBe(model);
    expect(report).not.toContain('theorem');
  });

  test('hears that the same is asked again, and that it is not', async () => {
    const { send, heard } = opened(['reask']);
    const asksAgain = async () => {
      const question = `prove theorem ${talks++} of number theory`;
      await send([user(question)]);
      await send([user(question), SAID, user(`${question} again please`)]);
    };
    for (let at = 0; at < FIRST; at++) await asksAgain();
    expect(heard()).toBe(0);
    await asksAgain();
    expect(heard()).toBe(1);
    const { asked, goesOn } = talk('which colours go well with blue');
    await send(asked);
    await send(goesOn);
    expect(heard()).toBe(2);
  });

  test('takes one sign of an answer, and a judgement besides', async () => {
    const { send, heard, taught } = opened(['outcomes', 'feedback', 'reask']);
    await setScale(send, "that's wrong", 'thanks, that helps');
    const { asked, goesOn } = talk("that's wrong");
    await send(asked);
    await send(goesOn);
    await send(goesOn);
    expect(heard()).toBe(1);
    const id = `id-${2 * FIRST}`;
    expect(taught.desk.outcome(id, 1)).toMatchObject({ learnt: true });
    expect(taught.desk.outcome(id, 1)).toMatchObject({ learnt: false });
    expect(heard()).toBe(2);
    const judged = talk("that's wrong");
    await send(judged.asked);
    taught.desk.outcome(`id-${2 * FIRST + 3}`, 1);
    await send(judged.goesOn);
    expect(heard()).toBe(3);
  });

  test('knows a conversation by who speaks and what is said, whatever the system prompt says', async () => {
    const { send, heard } = opened(['feedback']);
    await setScale(send, "that's wrong", 'thanks, that helps');
    const moved = talk("that's wrong", { system: ['It is noon.', 'It is one.'] });
    await send(moved.asked);
    await send(moved.goesOn);
    expect(heard()).toBe(1);
    const other = talk("that's wrong");
    await send(other.asked);
    await send(other.goesOn, { authorization: 'Bearer of-somebody-else' });
    await send([user('prove another one'), ...other.goesOn.slice(1)]);
    await send([...other.goesOn.slice(0, 1), user("that's wrong")]);
    expect(heard()).toBe(1);
    const nobody = talk("that's wrong");
    await send(nobody.asked, { authorization: '' });
    await send(nobody.goesOn, { authorization: '' });
    expect(heard()).toBe(1);
  });

  test('hears only what it is told to', async () => {
    const { send, heard, taught } = opened(['reask']);
    expect([...(taught.learning?.hears ?? [])]).toEqual(['reask']);
    await setScale(send, "that's wrong", 'thanks, that helps');
    expect(taught.desk.outcome('id-0', 1)).toMatchObject({ learnt: false });
    const deaf = opened(['outcomes']);
    expect(deaf.taught.learning?.hears.size).toBe(0);
    await setScale(deaf.send, "that's wrong", 'thanks, that helps');
    const { asked, goesOn } = talk("that's wrong");
    await deaf.send(asked);
    await deaf.send(goesOn);
    expect([heard(), deaf.heard()]).toEqual([0, 0]);
  });
});
