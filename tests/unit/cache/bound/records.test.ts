import { expect, test } from '@jest/globals';
import { createRecords } from '../../../../src/cache/bound/records.js';

const LIMITS = { entriesMax: 4, observationsMax: 3 };

test('keeps the families that were used last', () => {
  const records = createRecords(LIMITS);
  for (const id of ['a', 'b', 'c', 'd']) records.observe(id, 0, true);
  records.observe('a', 0, true);
  records.observe('e', 0, true);
  expect(records.offset('b')).toBe(0);
  for (const id of ['a', 'c', 'd', 'e']) expect(records.offset(id)).toBeGreaterThan(0);
});

test('forgets the oldest observations of an entry', () => {
  const records = createRecords(LIMITS);
  records.observe('a', 0, false);
  for (let turn = 0; turn < 3; turn += 1) records.observe('a', 0, true);
  const fresh = createRecords(LIMITS);
  for (let turn = 0; turn < 3; turn += 1) fresh.observe('a', 0, true);
  expect(records.offset('a')).toBe(fresh.offset('a'));
});

test('an offset follows what was seen, and what was expected is no news', () => {
  const records = createRecords({ entriesMax: 10, observationsMax: 32 });
  records.observe('expected', 5, true);
  records.observe('surprise', -5, true);
  records.observe('wrong', 5, false);
  expect(records.offset('expected')).toBeCloseTo(0, 1);
  expect(records.offset('surprise')).toBeGreaterThan(1);
  expect(records.offset('wrong')).toBeLessThan(-1);
});

test('a family grows to a limit, and ends with its last entry', () => {
  const records = createRecords({ entriesMax: 1000, observationsMax: 8 });
  records.observe('0', 0, true);
  for (let id = 1; id < 400; id += 1) records.join(String(id - 1), String(id));
  expect(records.sameFamily('0', '255')).toBe(true);
  expect(records.sameFamily('0', '256')).toBe(false);
  for (let id = 0; id < 256; id += 1) records.forget(String(id));
  records.forget('never seen');
  expect(records.snapshot().families).toHaveLength(1);
});

test('a snapshot larger than the limits is cut', () => {
  const wide = createRecords({ entriesMax: 100, observationsMax: 8 });
  for (let id = 0; id < 20; id += 1) wide.observe(String(id), 0, true);
  const narrow = createRecords(LIMITS);
  narrow.restore(wide.snapshot());
  expect(narrow.snapshot().families.map(({ entries }) => entries[0])).toEqual(['16', '17', '18', '19']);
});
