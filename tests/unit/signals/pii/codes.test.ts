import { expect, test } from '@jest/globals';
import {
  isDigitCode,
  isHexCode,
  isLabelCode,
  isLetterCode,
  isWordCode,
} from '../../../../src/signals/pii/codes.js';

test.each([
  ['digits', isDigitCode, '09', 'aé-'],
  ['hexadecimal digits', isHexCode, '09afAF', 'gGé-'],
  ['letters', isLetterCode, 'azAZéЖ漢', '0_- \u2013\u3002\uff0c'],
  ['words', isWordCode, 'azAZ09_', 'é- .'],
  ['labels', isLabelCode, 'azAZ09-é', '_. \u201c'],
])('%s', (_name, is, inside, outside) => {
  expect([...inside].filter((char) => !is(char.charCodeAt(0)))).toEqual([]);
  expect([...outside].filter((char) => is(char.charCodeAt(0)))).toEqual([]);
  // Either end of a text is nothing.
  expect(is(''.charCodeAt(0))).toBe(false);
});
