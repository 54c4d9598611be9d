/**
 * A judge of pairs in the shape of the real one that any reader can check by hand: its logit is the sum of the
 * features, plus the number of tokens of both texts, plus a 100,000th of all token ids.
 */
export function smallPairModel(): Uint8Array {
  const sums = [
    ['token_type_ids', 1],
    ['attention_mask', 1],
    ['input_ids', 0.00001],
  ] as const;
  const nodes = sums.flatMap(([name]) => [
    node('Cast', [name], `${name}_f`, [intAttribute('to', FLOAT)]),
    node('ReduceSum', [`${name}_f`], `${name}_s`, OVER_COLUMNS),
    // The rows of the first texts come before those of the second ones.
    node('Reshape', [`${name}_s`, 'two_rows'], `${name}_r`),
    node('ReduceSum', [`${name}_r`], `${name}_p`, OVER_ROWS),
    node('Mul', [`${name}_p`, `${name}_c`], `${name}_w`),
  ]);
  const graph = [
    ...[...nodes, node('ReduceSum', ['features'], 'features_s', OVER_COLUMNS)].map((each) => field(1, each)),
    field(1, node('Sum', ['features_s', ...sums.map(([name]) => `${name}_w`)], 'logit')),
    field(2, text('small pair judge')),
    ...sums.map(([name, factor]) => field(5, constant(`${name}_c`, factor))),
    field(5, shapeOfTwoRows('two_rows')),
    ...sums.map(([name]) => field(11, valueInfo(name, INT64, ['batch', 'tokens']))),
    field(11, valueInfo('features', FLOAT, ['batch', 'width'])),
    field(12, valueInfo('logit', FLOAT, ['batch'])),
  ];
  return Buffer.concat([number(1, 7), field(7, Buffer.concat(graph)), field(8, number(2, 12))]);
}

const FLOAT = 1;
const INT64 = 7;
const OVER_COLUMNS = sumOver(1);
const OVER_ROWS = sumOver(0);

function sumOver(axis: number): readonly Buffer[] {
  // An attribute is a name, its kind (7: whole numbers, 2: one of them) and the value.
  const axes = Buffer.concat([field(1, text('axes')), number(8, axis), number(20, 7)]);
  return [axes, intAttribute('keepdims', 0)];
}

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Buffer[] = [],
) {
  return Buffer.concat([
    ...inputs.map((input) => field(1, text(input))),
    field(2, text(output)),
    field(4, text(operator)),
    ...attributes.map((attribute) => field(5, attribute)),
  ]);
}

function intAttribute(name: string, value: number): Buffer {
  return Buffer.concat([field(1, text(name)), number(3, value), number(20, 2)]);
}

function constant(name: string, value: number): Buffer {
  const raw = Buffer.alloc(4);
  raw.writeFloatLE(value);
  return Buffer.concat([number(2, FLOAT), field(8, text(name)), field(9, raw)]);
}

/** `[2, -1]`: two rows, and as many columns as that makes. */
function shapeOfTwoRows(name: string): Buffer {
  const raw = Buffer.alloc(16);
  raw.writeBigInt64LE(2n, 0);
  raw.writeBigInt64LE(-1n, 8);
  return Buffer.concat([number(1, 2), number(2, INT64), field(8, text(name)), field(9, raw)]);
}

function valueInfo(name: string, type: number, dimensions: readonly string[]): Buffer {
  const shape = Buffer.concat(dimensions.map((dimension) => field(1, field(2, text(dimension)))));
  const tensor = Buffer.concat([number(1, type), field(2, shape)]);
  return Buffer.concat([field(1, text(name)), field(2, field(1, tensor))]);
}

/** A field of bytes in the encoding of protocol buffers. */
function field(id: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(id * 8 + 2), varint(bytes.length), bytes]);
}

function number(id: number, value: number): Buffer {
  return Buffer.concat([varint(id * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

function text(value: string): Buffer {
  return Buffer.from(value, 'utf8');
}
