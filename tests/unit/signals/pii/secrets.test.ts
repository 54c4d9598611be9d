import { describe, expect, test } from '@jest/globals';
import { findCryptoAddresses } from '../../../../src/signals/pii/crypto.js';
import { findKeys, findLongKeys } from '../../../../src/signals/pii/keys.js';
import { markedText, unmarked } from '../../../support/marked-text.js';

function keys(sample: string): string {
  const text = unmarked(sample);
  return markedText(text, [...findKeys(text), ...findLongKeys(text)]);
}

function addresses(sample: string): string {
  const text = unmarked(sample);
  return markedText(text, findCryptoAddresses(text));
}

/** Put together here, so that no scanner takes these for keys of someone. */
const RANDOM = 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z';

describe('keys are found', () => {
  test.each([
    ['of OpenAI', `my key is <<sk-proj-${RANDOM}>>.`],
    ['of Stripe', `<<sk_live_${RANDOM}>>`],
    ['of GitHub', `<<ghp_${RANDOM}>>, <<github_pat_${RANDOM}>>, <<glpat-${RANDOM}>>`],
    ['of Amazon', '<<AKIA1234567890ABCDEF>>'],
    ['of Slack', `<<xoxb-123456789012-${RANDOM}>>`],
    ['of Google', `<<AIza${RANDOM}0>>`],
    ['of others', `<<hf_${RANDOM}>> <<SG.${RANDOM}.${RANDOM}>>`],
    ['web tokens', `<<eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${RANDOM}>>`],
    ['behind Bearer', `Authorization: Bearer <<${RANDOM}>>`],
    ['passwords', 'password: <<hunter2!>>, ok'],
    ['passwords in code', 'const pwd = "<<S3cret-Word>>";'],
    ['passwords at the end of a sentence', 'The password=<<abc123xyz>>.'],
    ['tokens in configuration', `api_key: '<<${RANDOM}>>'`],
    ['private keys', '<<-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----->> done'],
    ['private keys that were cut off', '<<-----BEGIN PRIVATE KEY----->>\nMIIE -----BEGIN PRIVATE KEY-----'],
  ])('%s', (_name, sample) => {
    expect(keys(sample)).toBe(sample);
  });

  test.each([
    ['a prefix in a word', `task-${RANDOM}`],
    ['a name after a prefix', 'sk-learn-is-a-python-library-of-note'],
    ['one letter again and again', 'sk-aaaaaaaaaaaaaaaaaaaaaaaaa1'],
    ['a variable', 'password = process.env.PASSWORD_1 and token: self.token_value_12345'],
    ['a word', 'password: string; secret = undefinedValue'],
    ['a short token', 'token=abc123'],
    ['a token that says itself', `token=${'ab1'.repeat(8)}`],
    ['a bearer in a sentence', 'the bearer of this letter, bearer aaaaaaaaaaaaaaaaaaaa'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----'],
  ])('%s is none', (_name, text) => {
    expect(keys(text)).toBe(text);
  });
});

describe('addresses of currencies are found', () => {
  test.each([
    ['Bitcoin', 'send to <<1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa>>.'],
    ['Bitcoin, new', '<<bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq>>'],
    ['Bitcoin, in capitals', '<<BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ>>'],
    ['Ethereum', '<<0x52908400098527886E0F7030069857D2E4169EE7>>'],
  ])('%s', (_name, sample) => {
    expect(addresses(sample)).toBe(sample);
  });

  test.each([
    ['a wrong checksum', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb'],
    ['a number too large', `3${'z'.repeat(34)}`],
    ['a wrong new checksum', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp'],
    ['mixed case', 'bc1qAr0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
    ['a hash', '0x52908400098527886E0F7030069857D2E4169EE7aa'],
  ])('%s is none', (_name, text) => {
    expect(addresses(text)).toBe(text);
  });

  test('up to a number, since each costs two hashes', () => {
    const many = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa '.repeat(1100);
    expect(findCryptoAddresses(many)).toHaveLength(1000);
  });
});
