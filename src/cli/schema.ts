import { configJsonSchema } from '../config/schema-json.js';
import { OK, type Output } from './output.js';

/** `sextant schema`: prints the JSON Schema of `sextant.yaml`. */
export function schema(output: Output): number {
  output.out(JSON.stringify(configJsonSchema(), null, 2));
  return OK;
}
