/** Names of Envoy's extensions, as its configuration spells them. */
const PREFIX = 'type.googleapis.com/envoy.extensions.';

/** An Envoy extension's configuration: the message's name, shortened by what all share, and its fields. */
export function typed(message: string, fields: Fields = {}): Fields {
  return { '@type': `${PREFIX}${message}`, ...fields };
}

export type Fields = Readonly<Record<string, unknown>>;

export function socketAddress({
  address,
  port,
}: {
  readonly address: string;
  readonly port: number;
}): Fields {
  return { socket_address: { address, port_value: port } };
}

/** Protobuf writes durations in seconds. */
export function duration(ms: number): string {
  return `${ms / 1000}s`;
}
