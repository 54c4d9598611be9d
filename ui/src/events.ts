/** One event of a stream. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/** Reads `text/event-stream` however the network cut it into pieces. */
export class EventReader {
  #rest = '';

  /** The events that end within this piece. */
  push(piece: string): readonly StreamEvent[] {
    const blocks = (this.#rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => eventOf(block) ?? []);
  }
}

function eventOf(block: string): StreamEvent | undefined {
  const fields = block.split('\n').map((line) => {
    const colon = line.indexOf(':');
    return colon < 0
      ? ([line, ''] as const)
      : ([line.slice(0, colon), line.slice(colon + 1).trimStart()] as const);
  });
  const data = fields.filter(([field]) => field === 'data').map(([, value]) => value);
  if (data.length === 0) return undefined;
  return { name: fields.find(([field]) => field === 'event')?.[1] ?? 'message', data: data.join('\n') };
}
