import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventReader } from '../../../ui/src/events.js';

const STREAM =
  ': hello\n\nevent: view\ndata: {"a":1}\n\ndata: one\r\ndata:two\r\n\r\ndata: [DONE]\n\ndata: cut';
const EVENTS = [
  { name: 'view', data: '{"a":1}' },
  { name: 'message', data: 'one\ntwo' },
  { name: 'message', data: '[DONE]' },
];

test('events come out whole however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
      const reader = new EventReader();
      const ends = [...cuts, STREAM.length].toSorted((one, other) => one - other);
      let from = 0;
      const read = ends.flatMap((end) => {
        const events = reader.push(STREAM.slice(from, end));
        from = end;
        return events;
      });
      expect(read).toEqual(EVENTS);
    }),
  );
});
