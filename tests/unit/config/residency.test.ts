import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { configWarnings } from '../../../src/config/warnings.js';
import { stripClientHeaders } from '../../../src/render/filters.js';
import { goodOf, problemsOf } from '../../support/config.js';

function config(more: string, decision = 'models: [small, large]', card = ', residency: [eu, de]') {
  return parseConfig(
    `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768, tools: false }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 32768${card} }
default_model: small
${more}
decisions:
  - { name: both, when: always, ${decision} }
`,
    '/policies/sextant.yaml',
  );
}

function read(more: string, decision?: string) {
  return goodOf(config(more, decision));
}

function problems(more: string, decision?: string, card?: string): readonly string[] {
  return problemsOf(config(more, decision, card));
}

describe('where prompts must stay', () => {
  test('is nobody’s affair where it is not written', () => {
    const { residency, models, decisions } = read('');
    expect(residency).toBeUndefined();
    expect(models[0]).toMatchObject({ tools: false });
    expect(models[0]).not.toHaveProperty('residency');
    expect(models[1]).toMatchObject({ residency: ['eu', 'de'] });
    expect(models[1]).not.toHaveProperty('tools');
    expect(decisions[0]).not.toHaveProperty('residency');
  });

  test('is said by decisions, a header and tenants', () => {
    const { residency, decisions } = read(
      'identity: { tenant_header: x-tenant }\nresidency: { header: x-regions, tenants: { "Acme, Inc.": [eu] } }',
      'models: [large], residency: [de]',
    );
    expect(residency).toEqual({ header: 'x-regions', tenants: new Map([['Acme, Inc.', ['eu']]]) });
    expect(decisions[0]?.residency).toEqual(['de']);
  });

  test.each([
    [
      '',
      'models: [large], residency: [ue]',
      '7:62: decisions[0].residency[0]: no model is in the region "ue"; did you mean "eu"?',
    ],
    [
      '',
      'block: no, residency: [eu]',
      '7:44: decisions[0].residency: has no meaning for a block, which asks no model; remove it',
    ],
    ['', 'models: [large], residency: [EU]', '7:62: decisions[0].residency[0]: is no usable region;'],
    ['residency: { header: x-sextant-region }', undefined, '5:22: residency.header: begins with x-sextant-,'],
    [
      'residency: { tenants: { a: [eu] } }',
      undefined,
      '5:14: residency.tenants: names tenants, and nothing says which one is calling;',
    ],
    [
      'identity: { tenant_header: t }\nresidency: { tenants: { a: [uk] } }',
      undefined,
      '6:29: residency.tenants.a[0]: no model is in the region "uk"; choose one of eu, de',
    ],
  ])('is checked: %s %s', (more, decision, wanted) => {
    const found = problems(more, decision).map((problem) => problem.replace('/policies/sextant.yaml:', ''));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(wanted);
  });

  test('needs somebody to be somewhere', () => {
    expect(problems('', 'models: [large], residency: [eu]', '')[0]).toContain('write residency on the cards');
  });

  test('is nothing that a client may say of itself', () => {
    const told = JSON.stringify(stripClientHeaders(read('residency: { header: x-regions }')));
    expect(told).toContain('{"remove":"x-regions"}');
    const gateway = read('identity: { set_by: gateway }\nresidency: { header: x-regions }');
    expect(JSON.stringify(stripClientHeaders(gateway))).not.toContain('x-regions');
  });

  test('is not kept while Sextant is away, which is worth a warning', () => {
    const open = read('', 'models: [large], residency: [eu]');
    expect(configWarnings(open)).toEqual([expect.stringMatching(/^residency: while Sextant is away/)]);
    expect(configWarnings(read('residency: { header: x-regions }'))).toHaveLength(1);
    expect(configWarnings(read('residency: { header: x-regions }\nroutes: [{ guarded: true }]'))).toEqual([]);
    expect(configWarnings(read(''))).toEqual([]);
  });
});
