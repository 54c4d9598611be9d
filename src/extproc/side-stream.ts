import { decodeRequest, type WireRequest } from './proto.js';
import type { ProcessCall } from './stream.js';

export interface SideStreamOptions {
  take(message: WireRequest): void;
  /** What `take` threw, or what reading the message did. */
  failed(thrown: unknown): void;
}

/** A stream that Envoy opens on the way to a pool or back, beside the one on the way from the client. */
export interface SideStream {
  /** Takes no further message. False when it took none any more. */
  leave(): boolean;
}

export function hearSideStream(call: ProcessCall, { take, failed }: SideStreamOptions): SideStream {
  let open = true;
  const leave = (): boolean => {
    const was = open;
    open = false;
    return was;
  };
  call.on('data', (bytes: Buffer) => {
    if (!open) return;
    try {
      take(decodeRequest(bytes));
    } catch (thrown) {
      failed(thrown);
    }
  });
  call.on('end', () => {
    if (leave()) call.end();
  });
  for (const event of ['cancelled', 'error'] as const) call.on(event, leave);
  return { leave };
}
