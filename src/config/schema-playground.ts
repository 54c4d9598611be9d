import { z } from 'zod';

/** An address and nothing behind it: the playground adds the path of the API. */
export const gatewayUrl = z
  .string()
  .max(2048)
  .refine(isOrigin, { error: 'is no address of a gateway; write it as in "http://127.0.0.1:8801"' })
  .describe(
    'Where the playground of the dashboard sends its prompts; left out, to `listen` on this machine.',
  );

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, origin } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && (value === origin || value === `${origin}/`);
}
