import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeResponse } from '../../../src/extproc/encode.js';
import {
  clientDefinition,
  type WireCommonResponse,
  type WireHeaderMutation,
  type WireResponse,
} from '../../../src/extproc/proto.js';
import type { HeaderField } from '../../../src/lib/headers.js';

const method = clientDefinition()['Process'];
if (method === undefined) throw new Error('the definition has no method');
const { responseSerialize, responseDeserialize } = method;

/** Lengths at which a varint grows by a byte are among those that are tried. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(0, 1, 127, 128, 16_383, 16_384, 100_000).map((length) => new Uint8Array(length).fill(97)),
);
const value = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('ü'.repeat(64), 'a'.repeat(128), `${'a'.repeat(16_384)}ß`, '\ud800', '😀'.repeat(50)),
);
const name = fc.stringMatching(/^[a-z-]{1,40}$/);
const mutation: fc.Arbitrary<WireHeaderMutation> = fc.record({
  set: fc.array(fc.record({ name, value }), { maxLength: 12 }),
  remove: fc.array(name, { maxLength: 5 }),
});
const piece = fc.record({ body: bytes, end_of_stream: fc.boolean() });
const common = optional<WireCommonResponse>({
  status: fc.constantFrom(0, 1),
  header_mutation: mutation,
  body_mutation: fc.oneof(
    fc.record({ body: bytes }),
    fc.record({ streamed_response: piece }),
    fc.constant({}),
  ),
  clear_route_cache: fc.boolean(),
});
const phase = optional({ response: common });
const code = fc.constantFrom(0, 100, 200, 503);
const answer: fc.Arbitrary<WireResponse> = fc.oneof(
  fc.constant({}),
  fc.record({ request_headers: phase }),
  fc.record({ request_body: phase }),
  fc.record({ response_headers: phase }),
  fc.record({ response_body: phase }),
  fc.constant({ request_trailers: {} }),
  fc.constant({ response_trailers: {} }),
  fc.record({
    immediate_response: fc.record({
      status: fc.record({ code }),
      headers: mutation,
      body: bytes,
      details: fc.oneof(fc.string(), fc.constantFrom('ü', 'a'.repeat(300))),
    }),
  }),
);
const streamed: fc.Arbitrary<WireResponse> = fc.oneof(
  fc.constant({ streamed_immediate_response: {} }),
  fc.record({ streamed_immediate_response: fc.record({ body_response: piece }) }),
  fc.record({
    streamed_immediate_response: fc.record({
      headers_response: fc.record({ headers: fc.array(fc.record({ name, value }), { maxLength: 12 }) }),
    }),
  }),
);
const mode = fc.nat({ max: 5 });
const extras = optional<WireResponse>({
  mode_override: fc.record({ request_body_mode: mode, response_body_mode: mode }),
  override_message_timeout: fc.record({
    seconds: fc.oneof(fc.nat(), fc.constantFrom(2 ** 31, 2 ** 40)),
    nanos: fc.nat({ max: 999_999_999 }),
  }),
  dynamic_metadata: fc.constant({ fields: { sextant: { stringValue: 'x'.repeat(200) } } }),
});
const response = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: answer }, streamed), extras)
  .map(([said, more]): WireResponse => ({ ...said, ...more }));

describe('encoding', () => {
  test('writes what the loader of the proto files writes', () => {
    fc.assert(
      fc.property(response, (each) => {
        const ours = encodeResponse(each);
        const theirs = responseSerialize(asLoaderTakes(each));
        // Not `toEqual`, which takes seconds over long bodies.
        expect(isDeepStrictEqual(responseDeserialize(ours), responseDeserialize(theirs))).toBe(true);
        expect(ours.equals(theirs)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('has room for a reply in which nothing is shorter than its bound', () => {
    const wide = '\uffff'.repeat(6000);
    const field = { name: wide, value: wide };
    const headers = { set: Array.from({ length: 100 }, () => field), remove: [wide, wide] };
    const each: WireResponse = {
      immediate_response: {
        status: { code: 2 ** 31 - 1 },
        headers,
        body: new Uint8Array(3_000_000),
        details: wide,
      },
      mode_override: { request_body_mode: 2 ** 31 - 1, response_body_mode: 2 ** 31 - 1 },
      override_message_timeout: { seconds: 2 ** 52, nanos: 2 ** 31 - 1 },
    };
    const decoded = responseDeserialize(encodeResponse(each)) as Record<string, Record<string, unknown>>;
    expect(decoded['immediate_response']?.['details']).toBe(wide);
    expect(decoded['override_message_timeout']?.['seconds']).toBe(2 ** 52);
  });

  test.each([-1, 2 ** 60, Number.POSITIVE_INFINITY, Number.NaN])('refuses the number %d', (number) => {
    const mode_override = { request_body_mode: number, response_body_mode: 0 };
    expect(() => encodeResponse({ mode_override })).toThrow(`the number ${number};`);
  });
});

/** Every field of the record may be left out. */
function optional<T extends object>(
  fields: {
    [K in keyof T]?: fc.Arbitrary<NonNullable<T[K]>>;
  },
): fc.Arbitrary<T> {
  return fc.record(fields as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [],
  }) as fc.Arbitrary<object> as fc.Arbitrary<T>;
}

/** The same reply with header mutations as the proto file has them. */
function asLoaderTakes(part: object): object {
  const entries = Object.entries(part).map(([key, inner]) => {
    if (key === 'headers_response') return [key, { headers: loaderMap(inner as { headers: HeaderField[] }) }];
    if (typeof inner !== 'object' || inner instanceof Uint8Array || key === 'dynamic_metadata')
      return [key, inner];
    return [key, 'set' in inner ? loaderMutation(inner as WireHeaderMutation) : asLoaderTakes(inner)];
  });
  return Object.fromEntries(entries);
}

function loaderMap({ headers }: { headers: readonly HeaderField[] }): object {
  return { headers: headers.map(({ name, value }) => ({ key: name, raw_value: Buffer.from(value) })) };
}

function loaderMutation({ set, remove }: WireHeaderMutation): object {
  const option = ({ name, value }: HeaderField) => ({
    header: { key: name, raw_value: Buffer.from(value) },
    append_action: 2,
  });
  return { set_headers: set.map(option), remove_headers: remove };
}
