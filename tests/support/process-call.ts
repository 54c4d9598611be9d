import { EventEmitter } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import { clientDefinition } from '../../src/extproc/proto.js';

/** A stream as gRPC hands it over, by the messages of the wire. */
export class Call extends EventEmitter {
  readonly metadata = new Metadata();
  readonly replies: unknown[] = [];
  ended = false;
  write(bytes: Buffer): boolean {
    this.replies.push(clientDefinition()['Process']?.responseDeserialize(bytes));
    return true;
  }
  end(): void {
    this.ended = true;
  }
  say(message: object): void {
    this.emit('data', clientDefinition()['Process']?.requestSerialize(message));
  }
}
