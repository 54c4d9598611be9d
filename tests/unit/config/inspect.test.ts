import { expect, test } from '@jest/globals';
import { inspectText } from '../../../src/config/inspect.js';
import { formatProblem } from '../../../src/config/problems.js';
import { goodOf } from '../../support/config.js';

const BASE = `models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 10 }]
default_model: small
signals:
  - { name: hard, type: difficulty, size: small, below: 0.5 }
  - { name: like, type: embedding, threshold: 0.8, examples: [a] }
  - { name: words, type: keyword, any_of: [a] }
  - { name: long, type: context_length, min_tokens: 10 }
  - { name: short, type: context_length, max_tokens: 5 }
  - { name: science, type: domain, any_of: [physics] }
  - { name: coding, type: intent, any_of: [code] }
  - { name: attack, type: guard }
  - { name: mail, type: pii, types: [EMAIL_ADDRESS] }
  - { name: german, type: language, languages: [de] }
decisions:
`;
const ALL_SIGNALS = `  - name: all
    priority: -1
    when: { any: [hard, like, words, long, short, science, coding, attack, mail, german] }
    models: [small]
`;

function inspect(more: string) {
  const { faults, notes } = goodOf(inspectText(BASE + more, 'sextant.yaml'));
  return { faults: faults.map(formatProblem), notes: notes.map(formatProblem) };
}

test('a policy without faults has none', () => {
  expect(inspect(ALL_SIGNALS)).toEqual({ faults: [], notes: [] });
});

test.each([
  ['{ all: [words, { not: words }] }', 'can never hold'],
  ['{ all: [hard, { signal: hard, min: 0.7 }] }', 'can never hold'],
  ['{ signal: science, min: 1.5 }', 'can never hold'],
  ['{ all: [like, { signal: like, max: 0.5 }] }', 'can never hold'],
  ['{ all: [long, { signal: long, max: 9 }] }', 'can never hold'],
  ['{ any: [words, { not: words }] }', 'holds whatever its signals find'],
  ['{ signal: mail, min: 0 }', 'holds whatever its signals find'],
])('%s %s', (when, what) => {
  const { faults } = inspect(`${ALL_SIGNALS}  - { name: odd, priority: -2, when: ${when}, models: [small] }`);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(/^sextant\.yaml:19:38: decisions\[1\]\.when: The rule of decision "odd" /);
  expect(faults[0]).toContain(what);
});

test('faults stand in the order of the file', () => {
  const { faults } = inspect(`${ALL_SIGNALS}  - { name: hidden, when: words, models: [small] }
  - { name: everything, priority: 1, when: always, models: [small] }
`);
  expect(faults).toHaveLength(2);
  expect(faults[0]).toContain('sextant.yaml:17:11: decisions[0].when: Decision "all" is never reached');
  expect(faults[1]).toContain('sextant.yaml:19:27: decisions[1].when: Decision "hidden" is never reached');
  expect(faults[1]).toContain('"everything" holds too');
});

test('signals that nobody asks for are worth a note', () => {
  const { faults, notes } = inspect(
    '  - { name: a, when: { not: { all: [hard, like, long, short, science, coding, attack, mail] } }, models: [small] }',
  );
  expect(faults).toEqual([]);
  expect(notes).toEqual([
    expect.stringMatching(/^sextant\.yaml:6:13: signals\[2\]\.name: note: no rule looks at this signal/),
    expect.stringMatching(/^sextant\.yaml:13:13: /),
  ]);
});

test('what is too large to look at is said once', () => {
  const signals = Array.from({ length: 22 }, (_, index) => `k${index}`);
  const text =
    BASE.replace(
      'decisions:',
      signals.map((name) => `  - { name: ${name}, type: keyword, any_of: [a] }\n`).join(''),
    ) +
    `decisions:\n  - { name: a, priority: 2, when: { any: [${signals.join(', ')}] }, models: [small] }\n` +
    `  - { name: b, priority: 1, when: { all: [${signals.join(', ')}] }, models: [small] }\n`;
  const inspected = inspectText(text, 'sextant.yaml');
  const notes = inspected.ok ? inspected.value.notes.map(formatProblem) : [];
  const said = notes.filter((note) => note.includes('was not checked'));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('decisions[0].when: note: Decision "a" was not checked');
  expect(said[0]).toContain('So it is with 1 more.');
});

test('a file that is no good is told as ever', () => {
  const inspected = inspectText('models: []', 'sextant.yaml');
  expect(inspected.ok).toBe(false);
});
