import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BAR, layFlow, wayOf } from '../../../ui/src/live/flow-layout.js';

const POOL = ['small', 'large'];
const SIZE = { width: 900, labelWidth: 170 };

const flow = fc.record({
  decision: fc.constantFrom('', 'default', 'hard', 'code', 'no-attacks'),
  target: fc.constantFrom('model' as const, 'cache' as const, 'refused' as const, 'failed' as const),
  model: fc.constantFrom('small', 'large', 'gone'),
  count: fc.integer({ min: 1, max: 100_000 }),
});

test('whatever went, all of it is in the picture and inside of it', () => {
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 20 }), (flows) => {
      const { nodes, links, height } = layFlow(flows, POOL, SIZE);
      const total = flows.reduce((sum, { count }) => sum + count, 0);
      expect(nodes[0]).toMatchObject({ id: 'source', count: total });
      const ended = nodes.filter(({ kind }) => kind !== 'source' && kind !== 'decision');
      expect(ended.reduce((sum, { count }) => sum + count, 0)).toBe(total);
      for (const node of nodes) {
        expect(node.y).toBeGreaterThanOrEqual(0);
        expect(node.y + node.height).toBeLessThanOrEqual(height + 0.001);
        expect(node.x + BAR).toBeLessThanOrEqual(SIZE.width - SIZE.labelWidth);
      }
      const known = new Set(links.map(({ id }) => id));
      for (const each of flows) for (const id of wayOf(each)) expect(known).toContain(id);
    }),
  );
});

test('labels of one column stand apart', () => {
  const many = Array.from({ length: 30 }, (_, at) => {
    return { decision: `d${at}`, target: 'model' as const, model: 'small', count: at === 0 ? 10_000 : 1 };
  });
  const heights = layFlow(many, POOL, SIZE)
    .nodes.filter(({ kind }) => kind === 'decision')
    .map(({ labelY }) => labelY);
  for (const [at, y] of heights.slice(1).entries()) expect(y - (heights[at] ?? 0)).toBeGreaterThanOrEqual(34);
});

test('the whole pool is there before anything was asked', () => {
  const { nodes, links } = layFlow([], POOL, SIZE);
  expect([nodes.map(({ id }) => id), links]).toEqual([['source', 'cache', 'model:small', 'model:large'], []]);
});
