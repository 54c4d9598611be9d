import { describe, expect, test } from '@jest/globals';
import { whyElsewhere } from '../../../src/selection/regions.js';
import { select } from '../../../src/selection/select.js';
import { card } from '../../support/model-card.js';

const EU = card('eu', { residency: ['eu', 'de'] });
const US = card('us', { residency: ['us'] });
const NOWHERE = card('nowhere');

describe('a prompt that must stay in a region', () => {
  test.each([
    [EU, [], undefined],
    [NOWHERE, [], undefined],
    [EU, [['eu']], undefined],
    [EU, [['us', 'de'], ['eu']], undefined],
    [US, [['eu', 'de']], 'is in us, and this prompt must stay in eu or de'],
    [EU, [['eu'], ['us']], 'is in eu, de, and this prompt must stay in us'],
    [NOWHERE, [['eu']], 'is in no region that is known, and this prompt must stay in eu'],
    [EU, [[]], 'is in eu, de, and this prompt must stay in '],
  ])('%# goes to no other', (model, demands, wanted) => {
    expect(whyElsewhere(model, demands)).toBe(wanted);
  });

  test('drops models that are elsewhere, before all else', () => {
    const needs = { contextTokens: 9000, modalities: [], regions: [['eu']], tools: true };
    const { candidates } = select({ candidates: ['us', 'eu'], models: [EU, US], needs });
    expect(candidates.map(({ reason }) => reason)).toEqual([
      'is in us, and this prompt must stay in eu',
      'prompt and answer need about 9512 tokens, its context window has 8192',
    ]);
  });
});

test('a prompt with tools goes to no model that knows none', () => {
  const models = [card('plain', { tools: false }), card('handy', { tools: true }), card('unsaid')];
  const pick = (tools: boolean) =>
    select({
      candidates: models.map(({ name }) => name),
      models,
      needs: { contextTokens: 1, modalities: [], tools },
    });
  expect(pick(false).model?.name).toBe('plain');
  expect(pick(true).model?.name).toBe('handy');
  expect(pick(true).candidates.map(({ kept, reason }) => [kept, reason])).toEqual([
    [false, 'knows no tools'],
    [true, 'fits'],
    [true, 'fits'],
  ]);
});
