import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allOrders, alongOrder, orderCluster, orderFrom } from '../../../src/selection/fixed-order.js';

const names = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e'), { maxLength: 5 });
const cards = (all: readonly string[]) => all.map((name) => ({ name }));

describe('a fixed order', () => {
  test('begins with any of the models, and leaves nobody out', () => {
    expect(orderFrom('b', ['a', 'b', 'c'])).toEqual(['b', 'a', 'c']);
    expect(allOrders(['a', 'b', 'c'])).toEqual([
      ['a', 'b', 'c'],
      ['b', 'a', 'c'],
      ['c', 'a', 'b'],
    ]);
    expect([allOrders(['a']), allOrders([])]).toEqual([[], []]);
  });

  test('has a cluster of its own', () => {
    const orders = allOrders(['a', 'b', 'a/b', 'a+b']).map(orderCluster);
    expect(new Set(orders).size).toBe(4);
    expect(orders[0]).toBe('sextant-order:a,b,a/b,a+b');
  });

  test('is followed from the best model on, until one that must be left out', () => {
    const written = ['a', 'b', 'c'];
    expect(alongOrder(cards(['c', 'b', 'a']), written)).toEqual(cards(['c', 'a', 'b']));
    expect(alongOrder(cards(['b', 'c']), written)).toEqual(cards(['b']));
    expect(alongOrder(cards(['a', 'b']), written)).toEqual(cards(['a', 'b']));
    expect(alongOrder(cards(['x', 'a']), written)).toEqual(cards(['x']));
    expect(alongOrder([], written)).toEqual([]);
  });

  test('is what Envoy does: the models are the beginning of a cluster that is there', () => {
    fc.assert(
      fc.property(names, names, (chosen, written) => {
        const along = alongOrder(cards(chosen), written).map(({ name }) => name);
        expect(along[0]).toBe(chosen[0]);
        if (along.length < 2) return;
        const order = orderFrom(along[0] ?? '', written);
        expect(allOrders(written)).toContainEqual(order);
        expect(order.slice(0, along.length)).toEqual(along);
        expect(along.every((name) => chosen.includes(name))).toBe(true);
      }),
    );
  });
});
