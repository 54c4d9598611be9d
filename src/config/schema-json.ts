import { z } from 'zod';
import { configSchema } from './schema.js';

/** The JSON Schema of `sextant.yaml`, for editors: completion, and a red line under what is wrong. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configSchema, { target: 'draft-2020-12', io: 'input' });
  return { ...schema, title: 'sextant.yaml' };
}
