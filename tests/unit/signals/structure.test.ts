import { describe, expect, test } from '@jest/globals';
import type { PromptView } from '../../../src/signals/contract.js';
import { conversationSignal } from '../../../src/signals/conversation.js';
import type { ConversationFeature, StructureFeature } from '../../../src/signals/labels.js';
import { structureSignal } from '../../../src/signals/structure.js';
import { promptView } from '../../support/prompt-view.js';

function measured(feature: StructureFeature, ask: string): number {
  const value = structureSignal({ name: 's', feature, min: 1 }).evaluate(promptView(ask), undefined);
  return value.state === 'known' ? value.score : Number.NaN;
}

const PYTHON = 'Why does this fail?\n\n```python\ndef f(x):\n    return x[0]\n```\n';
const TABLE = '| city | size |\n|---|---|\n| Bonn | 330 |\n| Ulm | 126 |';

describe('structure', () => {
  test.each<[StructureFeature, string, number]>([
    ['list', '- a\n- b\n  * c\n1. d\n2) e\nplain - text', 5],
    ['list', 'A - B is a title', 0],
    ['table', TABLE, 3],
    ['table', 'a\tb\tc\n1\t2\t3', 2],
    ['table', 'a | b', 0],
    ['json', '{"a": 1, "b": [{"c": 2}]}', 3],
    ['json', 'he said "hello": nobody answered', 0],
    ['urls', 'see https://a.example/x?y=1 and www.b.example, not http://', 2],
    ['questions', 'Really??! What is it? See https://a.example/?q=1', 2],
    ['questions', '这是什么？那是什么？', 2],
    ['questions', 'No question.', 0],
    ['words', 'one two  three\nfour - five', 5],
    ['words', '你好世界', 2],
    ['words', 'Größe 10 – (ja)', 3],
    ['words', '3.5 @ `x` [Z] ~', 3],
    ['words', '', 0],
    ['math', '\\frac{1}{2} and x^2 + y = 5', 3],
    ['math', 'we met on 2024-05-01 at 3/4 of the way', 0],
    ['cjk', '', 0],
    ['cjk', 'hello', 0],
    ['cjk', '你好', 1],
    ['code', '', 0],
    ['code', 'Where do you go on holiday; and when?\nI like the sea.', 0],
  ])('%s of %j is %d', (feature, ask, expected) => {
    expect(measured(feature, ask)).toBe(expected);
  });

  test('code is a share of what can be seen', () => {
    expect(measured('code', PYTHON)).toBeGreaterThan(0.5);
    expect(measured('code', PYTHON)).toBeLessThan(0.9);
    expect(measured('code', 'for (const a of b) {\n  c(a);\n}\n')).toBe(1);
    expect(measured('code', 'What does `a.map(f)` do?')).toBeCloseTo(0.45, 1);
    expect(measured('cjk', 'Python 程序')).toBeCloseTo(0.25, 5);
  });

  test.each<StructureFeature>(['code', 'json', 'list', 'table', 'cjk', 'math', 'urls', 'questions', 'words'])(
    '%s is measured of the beginning of texts that are made to be slow',
    (feature) => {
      for (const unit of ['?', '`', '{"', '!', ' ', '1+', '((', '\t', '| ']) {
        expect(measured(feature, unit.repeat(300_000 / unit.length))).toBeGreaterThanOrEqual(0);
      }
    },
  );

  test('bounds are inclusive, and the one that is given is shown', () => {
    const words = (ask: string, bounds: { min?: number; max?: number }) =>
      structureSignal({ name: 's', feature: 'words', ...bounds }).evaluate(promptView(ask), undefined);
    expect(words('a b', { min: 2 })).toEqual({
      state: 'known',
      matched: true,
      score: 2,
      threshold: 2,
      confidence: 1,
      detail: 'words 2',
    });
    expect(words('a b', { max: 2 })).toMatchObject({ matched: true, threshold: 2 });
    expect(words('a b', { max: 1 })).toMatchObject({ matched: false, confidence: 0 });
    expect(words('a b', { min: 3, max: 9 })).toMatchObject({ matched: false });
  });
});

describe('conversation', () => {
  const turn = (role: 'system' | 'user' | 'assistant' | 'tool') => ({ role, text: 'x', modalities: [] });
  const view: PromptView = promptView('x', {
    turns: [turn('system'), turn('user'), turn('assistant'), turn('tool'), turn('user')],
    modalities: ['image'],
    hasTools: true,
    wishes: { stream: true, maxTokens: 300 },
  });
  const score = (feature: ConversationFeature, of: PromptView) => {
    const value = conversationSignal({ name: 'c', feature, min: 1 }).evaluate(of, undefined);
    return value.state === 'known' ? value.score : value.state;
  };

  test.each<[ConversationFeature, number, number | string]>([
    ['turns', 2, 1],
    ['messages', 5, 1],
    ['tools', 1, 0],
    ['tool_results', 1, 0],
    ['images', 1, 0],
    ['audio', 0, 0],
    ['files', 0, 0],
    ['system_prompt', 1, 0],
    ['stream', 1, 'unknown'],
    ['max_tokens', 300, 'unknown'],
  ])('%s is %d here, and %s of a text alone', (feature, here, alone) => {
    expect(score(feature, view)).toBe(here);
    expect(score(feature, promptView('x'))).toBe(alone);
  });

  test('only how the answer travels lies outside the key of a cached one', () => {
    expect(conversationSignal({ name: 'c', feature: 'stream', min: 1 }).outsideKey).toBe(true);
    expect(conversationSignal({ name: 'c', feature: 'max_tokens', min: 1 }).outsideKey).toBeUndefined();
  });
});
