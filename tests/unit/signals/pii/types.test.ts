import { describe, expect, test } from '@jest/globals';
import {
  canonicalType,
  isByPatternsAlone,
  TYPE_NAMES,
  TYPES,
  typesNamed,
} from '../../../../src/signals/pii/types.js';

describe('names of personal data', () => {
  test.each([
    ['DOMAIN_NAME', 'URL'],
    ['URL', 'URL'],
    ['person', 'PERSON'],
    ['PER', 'PERSON'],
    ['GPE', 'GPE'],
    ['STREET_ADDRESS', 'STREET_ADDRESS'],
    ['US_PHONE_NUMBER', 'PHONE_NUMBER'],
    ['SSN', 'US_SSN'],
  ])('%s is %s', (name, type) => {
    expect(canonicalType(name)).toBe(type);
  });

  test('of something else are none', () => {
    expect(canonicalType('SHOE_SIZE')).toBeUndefined();
    expect(typesNamed('SHOE_SIZE')).toEqual([]);
    expect(isByPatternsAlone('SHOE_SIZE')).toBe(false);
  });

  test('may stand for several types', () => {
    expect(typesNamed('location').map(({ type }) => type)).toEqual(['STREET_ADDRESS', 'GPE']);
  });

  test('are unambiguous: canonical ones and those of the data mean one type', () => {
    for (const { type, dataName } of TYPES) {
      expect(canonicalType(type)).toBe(type);
      expect(canonicalType(dataName)).toBe(type);
      expect(typesNamed(type).map((each) => each.type)).toEqual([type]);
    }
  });

  test('are all listed, canonical ones first, each once', () => {
    expect(TYPE_NAMES.slice(0, TYPES.length)).toEqual(TYPES.map(({ type }) => type));
    expect(new Set(TYPE_NAMES).size).toBe(TYPE_NAMES.length);
    for (const name of TYPE_NAMES) expect(typesNamed(name)).not.toEqual([]);
  });

  test('only structured types are left to patterns', () => {
    for (const { type, structured, byPatternsAlone } of TYPES) {
      expect(isByPatternsAlone(type)).toBe(byPatternsAlone);
      if (byPatternsAlone) expect(structured).toBe(true);
    }
    expect(isByPatternsAlone('PHONE_NUMBER')).toBe(false);
    expect(isByPatternsAlone('IBAN_CODE')).toBe(true);
  });
});
