import type { JsonObject } from '../lib/json.js';

export interface ListedModel {
  readonly id: string;
  readonly ownedBy: string;
}

/** Body of GET `/v1/models`. `createdS`: seconds since the Unix epoch. */
export function modelsBody(models: readonly ListedModel[], createdS: number): Uint8Array {
  return bytesOf({ object: 'list', data: models.map((model) => toObject(model, createdS)) });
}

/** Body of GET `/v1/models/NAME`. */
export function modelBody(model: ListedModel, createdS: number): Uint8Array {
  return bytesOf(toObject(model, createdS));
}

function toObject({ id, ownedBy }: ListedModel, created: number): JsonObject {
  return { id, object: 'model', created, owned_by: ownedBy };
}

function bytesOf(object: JsonObject): Uint8Array {
  return Buffer.from(JSON.stringify(object), 'utf8');
}
