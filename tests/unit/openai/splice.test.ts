import { expect, test } from '@jest/globals';
import { modelSplice, splice } from '../../../src/openai/splice.js';

test('puts the new name, escaped as JSON needs, where the old one stood', () => {
  const body = Buffer.from('{"a":1.0,"model":"auto" }\n');
  const spliced = (model: string): string =>
    Buffer.from(splice(body, [modelSplice({ start: 17, end: 23 }, model)])).toString();
  expect(spliced('org/Big-70B')).toBe('{"a":1.0,"model":"org/Big-70B" }\n');
  expect(spliced('"\\\n')).toBe('{"a":1.0,"model":"\\"\\\\\\n" }\n');
  expect(body.toString()).toBe('{"a":1.0,"model":"auto" }\n');
});
