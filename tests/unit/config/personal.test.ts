import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { configWarnings } from '../../../src/config/warnings.js';
import { maxMessageTimeoutMs } from '../../../src/render/timeouts.js';
import { goodConfig, problemsOf } from '../../support/config.js';

const BASE = `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 10 }
  - { name: local, endpoints: ["127.0.0.1:9102"], context_window: 10 }
default_model: small
`;

function configOf(more: string) {
  return goodConfig(BASE + more);
}

function problems(more: string): readonly string[] {
  return problemsOf(parseConfig(BASE + more, 's.yaml'));
}

describe('personal_data', () => {
  test('left out is nothing', () => {
    expect(configOf('').personalData).toBeUndefined();
    expect(
      configOf('decisions: [{ name: a, when: always, models: [small] }]').decisions[0],
    ).not.toHaveProperty('personalData');
  });

  test('takes the types of the pii signal, under any of their names, with thresholds of their own', () => {
    const { personalData } = configOf(
      'personal_data: { action: block, types: [EMAIL, LOCATION], threshold: 0.6, thresholds: { STREET_ADDRESS: 0.9 } }',
    );
    expect(personalData).toEqual({
      action: 'block',
      scoreMin: { STREET_ADDRESS: 0.9, GPE: 0.6, EMAIL_ADDRESS: 0.6 },
      privateModels: [],
      unread: 'refuse',
    });
    expect(Object.keys(configOf('personal_data: { action: note }').personalData?.scoreMin ?? {})).toContain(
      'PERSON',
    );
  });

  test('of a decision goes before that of the file, key by key', () => {
    const [own] = configOf(`personal_data: { action: note, types: [EMAIL], unread: allow }
decisions:
  - { name: a, when: always, models: [small], personal_data: { action: private_model, private_models: [local] } }
`).decisions;
    expect(own?.personalData).toEqual({
      action: 'private_model',
      scoreMin: { EMAIL_ADDRESS: 0.5 },
      privateModels: ['local'],
      unread: 'allow',
    });
  });

  test.each([
    [
      'personal_data: {}',
      's.yaml:5:16: personal_data: says nothing to do; add action: note, block, private_model or redact',
    ],
    [
      'personal_data: { action: blok }',
      's.yaml:5:26: personal_data.action: is the text "blok", which is none of note, block, private_model, redact; did you mean "block"?',
    ],
    [
      'personal_data: { action: private_model }',
      's.yaml:5:26: personal_data.action: needs to know which models may see personal data; add private_models with their names',
    ],
    [
      'personal_data: { action: private_model, private_models: [locl] }',
      's.yaml:5:58: personal_data.private_models[0]: no model is called "locl"; did you mean "local"?',
    ],
    [
      'personal_data: { action: block, private_models: [local] }',
      's.yaml:5:33: personal_data.private_models: is of no use with action: block; say action: private_model, or remove it',
    ],
    [
      'personal_data: { action: block, types: [EMIAL] }',
      's.yaml:5:41: personal_data.types[0]: is the text "EMIAL"',
    ],
    [
      'personal_data: { action: block, thresholds: { EMIAL: 0.5 } }',
      's.yaml:5:47: personal_data.thresholds.EMIAL: no kind of personal data is called "EMIAL"; did you mean "EMAIL"?',
    ],
    [
      'personal_data: { action: block, thresholds: { AGE: 0.5 } }',
      's.yaml:5:47: personal_data.thresholds.AGE: AGE is not looked for; add it to types, or remove its threshold',
    ],
    [
      'decisions: [{ name: a, when: always, block: no, personal_data: { action: note } }]',
      's.yaml:5:49: decisions[0].personal_data: has no meaning for a block, which lets nothing pass; remove it',
    ],
    [
      'decisions: [{ name: a, when: always, models: [small], personal_data: { private_models: [smal] } }]',
      's.yaml:5:89: decisions[0].personal_data.private_models[0]: no model is called "smal"; did you mean "small"?',
    ],
    [
      'personal_data: { action: block }\ndecisions:\n  - { name: a, when: always, models: [small], personal_data: { private_models: [local] } }',
      's.yaml:7:64: decisions[0].personal_data.private_models: is of no use with action: block',
    ],
  ])('%s', (more, problem) => {
    expect(problems(more).join('\n')).toContain(problem);
  });

  test('a route that lets requests pass unread while Sextant is away is worth a word', () => {
    const routes = '\nroutes: [{ name: a, guarded: true }, { name: b, prefix: /b }]';
    expect(configWarnings(configOf(`personal_data: { action: block }${routes}`)).join()).toContain(
      'of route b go to',
    );
    expect(configWarnings(configOf(`personal_data: { action: note }${routes}`))).toEqual([]);
    expect(configWarnings(configOf('personal_data: { action: block }\nroutes: [{ guarded: true }]'))).toEqual(
      [],
    );
  });

  test('that puts values back must hear the answers', () => {
    const routes = 'routes: [{ read_usage: false }]\n';
    const heard = (more: string) => configOf(routes + more).routes[0]?.hearsAnswers;
    expect(heard('personal_data: { action: block }')).toBe(false);
    expect(heard('personal_data: { action: redact }')).toBe(true);
    const own = '[{ name: a, when: always, models: [small], personal_data: { action: redact } }]';
    expect(heard(`decisions: ${own}`)).toBe(true);
  });

  test('Envoy waits for the reading of a whole conversation', () => {
    const without = maxMessageTimeoutMs(configOf(''));
    expect(maxMessageTimeoutMs(configOf('personal_data: { action: note }'))).toBe(without + 4000);
    const decisions = '[{ name: a, when: always, models: [small], personal_data: { action: note } }]';
    expect(maxMessageTimeoutMs(configOf(`decisions: ${decisions}`))).toBe(without + 4000);
  });
});
