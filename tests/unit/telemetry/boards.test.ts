import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { describeMetrics } from '../../../src/adapters/prometheus/reference.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BOARDS = join(ROOT, 'deploy/grafana');
const ALERTS = join(ROOT, 'deploy/prometheus/alerts.yaml');
const PROMTOOL = join(ROOT, '.tools/promtool');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Board {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const boards = readdirSync(BOARDS)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, board: JSON.parse(readFileSync(join(BOARDS, name), 'utf8')) as Board }));
const rules: readonly { readonly alert: string; readonly expr: string }[] = parse(
  readFileSync(ALERTS, 'utf8'),
).groups.flatMap((group: { rules: unknown }) => group.rules);

const asked = [
  ...boards.flatMap(({ name, board }) =>
    board.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ what: `${name}: ${title}`, expr })),
    ),
  ),
  ...boards.flatMap(({ name, board }) =>
    board.templating.list.flatMap(({ name: variable, definition }) =>
      definition === undefined ? [] : [{ what: `${name}: $${variable}`, expr: definition }],
    ),
  ),
  ...rules.map(({ alert, expr }) => ({ what: alert, expr })),
];

/** What Prometheus adds to every series, and to the buckets of a histogram. */
const ADDED = ['instance', 'job', 'le'];

const metrics = new Map(
  describeMetrics().flatMap((metric) =>
    metric.type === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((end) => [`${metric.name}${end}`, metric] as const)
      : [[metric.name, metric] as const],
  ),
);

/** What an expression asks for that no metric of ours has. */
function unknownIn(expr: string): readonly string[] {
  const names = [...expr.matchAll(/\b(?:sextant|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);
  const labels = new Set([...ADDED, ...names.flatMap((name) => metrics.get(name)?.labels ?? [])]);
  const selected = [...expr.matchAll(/([a-z_0-9]+)(?:\{([^}]*)\})/g)].flatMap(
    ([, name = '', selector = '']) => {
      const own = new Set([...ADDED, ...(metrics.get(name)?.labels ?? [])]);
      return [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)]
        .filter(([, label = '']) => !own.has(label))
        .map(([, label]) => `${name}{${label}}`);
    },
  );
  const grouped = [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)]
    .flatMap(([, list = '']) => list.split(',').map((label) => label.trim()))
    .filter((label) => !labels.has(label));
  const strange = names.filter((name) => !metrics.has(name));
  return [...strange, ...selected, ...grouped];
}

describe('what boards and alerts ask for', () => {
  test('was found', () => {
    expect(boards.length).toBeGreaterThan(1);
    expect(asked.length).toBeGreaterThan(60);
  });

  test.each(asked)('exists: $what', ({ expr }) => {
    expect(unknownIn(expr)).toEqual([]);
  });

  test.each([
    ['sum(rate(sextant_request_total[5m]))', ['sextant_request_total']],
    ['sum(rate(sextant_overhead_seconds[5m]))', ['sextant_overhead_seconds']],
    ['sextant_requests_total{modell="a"}', ['sextant_requests_total{modell}']],
    ['sum by (modell) (rate(sextant_requests_total[5m]))', ['modell']],
  ])('is missed where it does not exist: %s', (expr, missed) => {
    expect(unknownIn(expr)).toEqual(missed);
  });

  test.each(boards)('$name: every panel says what it shows, under an id of its own', ({ board }) => {
    const ids = board.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, title, description } of board.panels) {
      expect(title).not.toBe('');
      if (type !== 'row') expect(description).toMatch(/\.$/);
    }
  });
});

const promtool = existsSync(PROMTOOL) ? describe : describe.skip;
promtool('promtool (made by `make tools`)', () => {
  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(PROMTOOL, [...args], { encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };

  test('finds every alert when it is due, and none when all is well', () => {
    expect(run('test', 'rules', join(ROOT, 'deploy/prometheus/alerts_test.yaml'))).toMatchObject({
      status: 0,
    });
    const cases = readFileSync(join(ROOT, 'deploy/prometheus/alerts_test.yaml'), 'utf8');
    const fired = [...cases.matchAll(/alertname: (\w+)\n\s+exp_alerts:/g)].map(([, alert]) => alert);
    expect(fired.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });

  test('understands every query of the boards', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sextant-boards-'));
    try {
      const path = join(folder, 'queries.json');
      const queries = asked
        .filter(({ expr }) => !expr.startsWith('label_values('))
        .map(({ expr }, at) => ({ record: `query_${at}`, expr: expr.replaceAll('$__rate_interval', '5m') }));
      writeFileSync(path, JSON.stringify({ groups: [{ name: 'boards', rules: queries }] }));
      const { status, said } = run('check', 'rules', path);
      expect({ status, said }).toMatchObject({
        status: 0,
        said: expect.stringContaining(`${queries.length} rules`),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
