import { describe, expect, test } from '@jest/globals';
import { symbolsDiffer } from '../../../../src/cache/verification/symbols.js';
import { readText } from '../../../../src/cache/verification/tokens.js';

function differ(one: string, other: string): boolean {
  return symbolsDiffer(readText(one), readText(other)) !== undefined;
}

describe('symbolsDiffer', () => {
  test.each([
    ['Help!', 'Help'],
    ['Help!!! Now', 'Help, now'],
    ['cats and/or dogs', 'cats or dogs'],
    ['salt & pepper', 'salt and pepper'],
    ['solar (e.g. panels)', 'solar, e.g. panels'],
    ['a well-known fact -- really', 'a well known fact'],
    ['* one thing', 'one thing'],
    ['# Title', 'Title'],
    ['about ~5', 'about 5'],
    ['item #1', 'item 1'],
    ['Define "entropy"', 'What does entropy mean?'],
    ["Define 'entropy'.", 'What does entropy mean?'],
    ['What is useState?', 'Explain usestate'],
    ['in the U.S. today', 'in the US today'],
    ['in JavaScript', 'in js'],
    ['the "Hamlet." play', 'the play Hamlet'],
    ["don't", 'do not'],
  ])('%j and %j do not differ', (one, other) => {
    expect(differ(one, other)).toBe(false);
    expect(differ(other, one)).toBe(false);
  });

  test.each([
    ['C++', 'C'],
    ['C#', 'C'],
    ['f()', 'f[]'],
    ['f()', 'f'],
    ['[1]', '{1}'],
    ['a == b', 'a === b'],
    ['a && b', 'a || b'],
    ['!x', 'x'],
    ['5!', '5'],
    ['2*3', '2+3'],
    ['vitamin C', 'vitamin D'],
    ['solve for x', 'solve for y'],
    ['ls --all', 'ls all'],
    ['os.path', 'os'],
    ['the /etc/passwd file', 'the passwd file'],
    ['snake_case', 'snake case'],
    ['std::vector', 'vector'],
    ['a `map`', 'a filter'],
    ['«oui»', 'non'],
    ['“affect” here', 'effect here'],
    ['"affect" here', '"effect" here'],
    ["say 'good night'", "say 'good morning'"],
    ['see .gitignore', 'see gitignore'],
    ['mail me@example.org', 'mail'],
  ])('%j and %j differ', (one, other) => {
    expect(differ(one, other)).toBe(true);
    expect(differ(other, one)).toBe(true);
  });
});
