import { EventEmitter } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import { clientDefinition } from '../../src/extproc/proto.js';

/** A stream as gRPC hands it over, by the messages of the wire. */
export class Call extends EventEmitter {
  readonly metadata = new Metadata();
  readonly replies: Record<string, unknown>[] = [];
  ended = false;
  write(bytes: Buffer): boolean {
    this.replies.push(method().responseDeserialize(bytes) as Record<string, unknown>);
    return true;
  }
  pause(): void {}
  resume(): void {}
  end(): void {
    this.ended = true;
  }
  say(message: object): void {
    this.emit('data', method().requestSerialize(message));
  }
}

function method() {
  const found = clientDefinition()['Process'];
  if (found === undefined) throw new Error('the service has no method Process');
  return found;
}
