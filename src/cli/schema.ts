import { configJsonSchema } from '../config/schema-json.js';
import { OK, type Output } from './output.js';

/** `sextant schema`: prints the JSON Schema of `sextant.yaml`, for people unless `json` asks for one line. */
export function schema({ json }: { readonly json?: boolean }, output: Output): number {
  output.out(JSON.stringify(configJsonSchema(), null, json === true ? undefined : 2));
  return OK;
}
