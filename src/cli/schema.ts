import { configReference } from '../config/reference.js';
import { configJsonSchema } from '../config/schema-json.js';
import { OK, type Output } from './output.js';

export interface SchemaOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** `sextant schema`: prints the JSON Schema of `sextant.yaml`, for people unless `json` asks for one line. */
export function schema({ json, markdown }: SchemaOptions, output: Output): number {
  if (markdown === true) {
    output.out(configReference(configJsonSchema()).trimEnd());
    return OK;
  }
  output.out(JSON.stringify(configJsonSchema(), null, json === true ? undefined : 2));
  return OK;
}
