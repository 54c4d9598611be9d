import { describe, expect, test } from '@jest/globals';
import { numbersDiffer } from '../../../../src/cache/verification/numbers.js';
import { readText } from '../../../../src/cache/verification/tokens.js';

describe('numbersDiffer', () => {
  test.each([
    ['5,000,000 people', '5 million people'],
    ['1.5 million people', '1,500,000 people'],
    ['1.25 thousand', '1250'],
    ['5k users', '5000 users'],
    ['twenty-five days', '25 days'],
    ['two hundred and five', 'two hundred and five'],
    ['three hundred twelve', '312'],
    ['a hundred', '100'],
    ['a dozen eggs', '12 eggs'],
    ['the 5th of May', 'the fifth of May'],
    ['21st century', 'twenty-first century'],
    ['World War II', 'World War 2'],
    ['World War I', 'World War 1'],
    ['which one is best', 'which is best'],
    ['wait a second', 'wait a second'],
    ['007', '7'],
    ['$5', '5 dollars'],
    ['$5 dollars', '$5'],
    ['5€', '5 euros'],
    ['5%', '5 percent'],
    ['5 %', '5 pct'],
    ['20 °C', '20 celsius'],
    ['20°C', '20 C'],
    ['a 5-day trip', 'a trip of 5 days'],
    ['10 km', '10 kilometres'],
    ['at 10:30', 'by 10:30'],
    ['is one mile long', 'is 1 mile long'],
    ['1.5 thousandth', '1.5 thousandth'],
    ['0.0001 million', '100'],
  ])('%j and %j are the same', (one, other) => {
    expect(numbersDiffer(readText(one), readText(other))).toBeUndefined();
    expect(numbersDiffer(readText(other), readText(one))).toBeUndefined();
  });

  test.each([
    ['2 by 10', '10 by 2', 'number'],
    ['3.1', '3.10', 'number'],
    ['1/2', '2/1', 'number'],
    ['2024-03-05', '2024-05-03', 'number'],
    ['10:30', '10:31', 'number'],
    ['-5', '5', 'number'],
    ['one man', 'two men', 'number'],
    ['the first', 'the second', 'number'],
    ['the second man', 'the man', 'number'],
    ['twenty five', 'twenty six', 'number'],
    ['five twenty', 'twenty five', 'number'],
    ['World War I', 'World War II', 'number'],
    ['1.2.3', '1.2.4', 'number'],
    ['192.168.0.1 million', '192.168.0.2 million', 'number'],
    ['5 GB', '5 Gb', 'unit'],
    ['5 m', '5 M', 'unit'],
    ['5 days', '5', 'unit'],
    ['$5', '€5', 'unit'],
    ['20 °C', '20 °F', 'unit'],
    ['20 °C', '20 °R', 'unit'],
    ['in hours', 'in days', 'unit'],
    ['MB per month', 'Mb per month', 'unit'],
  ])('%j and %j differ by %s', (one, other, kind) => {
    expect(numbersDiffer(readText(one), readText(other))?.kind).toBe(kind);
    expect(numbersDiffer(readText(other), readText(one))?.kind).toBe(kind);
  });
});
