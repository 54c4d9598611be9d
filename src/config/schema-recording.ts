import { z } from 'zod';
import type { RecordingConfig } from './config.js';
import { section } from './fields.js';
import { resolvePath } from './paths.js';

const MIB = 1024 * 1024;

export const recording = section({
  path: z.string().min(1).describe('The file that requests are kept in, for `sextant replay`.'),
  mode: z
    .enum(['hashed', 'plain'])
    .default('hashed')
    .describe('hashed: what the models said of a prompt, without its text; plain: the whole body.'),
  max_bytes: z
    .int()
    .min(MIB)
    .max(1024 ** 4)
    .default(256 * MIB)
    .describe('What the file and the one before it may weigh together; then the older one makes room.'),
  sample_rate: z.number().min(0).max(1).default(1).describe('Share of requests that are kept.'),
}).describe('Keeps requests, so that another policy can be tried on them. Left out, none is kept.');

export function recordingOf(text: z.output<typeof recording>, file: string): RecordingConfig {
  const { path, mode, max_bytes: bytesMax, sample_rate: sampleRate } = text;
  return { path: resolvePath(path, file), mode, bytesMax, sampleRate };
}
