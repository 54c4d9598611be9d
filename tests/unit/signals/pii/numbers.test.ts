import { describe, expect, test } from '@jest/globals';
import type { Span } from '../../../../src/signals/contract.js';
import { findDriverLicences, findIbans, findSocialSecurityNumbers } from '../../../../src/signals/pii/ids.js';
import { findIpAddresses, findMacAddresses } from '../../../../src/signals/pii/network.js';
import { markedText, unmarked } from '../../../support/marked-text.js';

type Find = (text: string) => readonly Span[];

function shown(find: Find, sample: string): string {
  const text = unmarked(sample);
  return markedText(text, find(text));
}

describe('found are', () => {
  test.each<[string, Find, string]>([
    ['an account', findIbans, 'Move it to <<GB97LOWW46888763196059>> today'],
    ['an account in groups', findIbans, '<<DE89 3704 0044 0532 0130 00>>, thanks'],
    ['an account with dashes', findIbans, '<<DE89-3704-0044-0532-0130-00>>'],
    ['an account in lower case', findIbans, 'iban <<gb97loww46888763196059>>.'],
    ['an account before more digits', findIbans, '<<DE89 3704 0044 0532 0130 00>> 12'],
    ['two accounts', findIbans, '<<NO9386011117947>> <<BE68539007547034>>'],
    ['a social security number', findSocialSecurityNumbers, 'It is <<460-89-9847>>.'],
    ['one with blanks', findSocialSecurityNumbers, 'my SSN: <<460 89 9847>>'],
    ['one without separators', findSocialSecurityNumbers, 'social security number <<460899847>>'],
    ['a licence', findDriverLicences, "my driver's license is <<S123-456-78-901-2>>, ok"],
    ['a licence with a label', findDriverLicences, 'Driver License Number: <<A1234567>>.'],
    ['a licence in groups', findDriverLicences, 'driving licence no. <<C12 3456 7890 1234>>'],
    ['a licence of digits', findDriverLicences, 'DL# <<12345678>>'],
    ['an address', findIpAddresses, 'from <<86.121.97.248>>, twice'],
    ['an address with a port', findIpAddresses, '<<10.1.2.3>>:8080 and [<<10.1.2.4>>]'],
    ['an address of version 6', findIpAddresses, 'ip=<<6e40:4041:c617:e898:c11:40d2:c669:2eb4>>.'],
    ['a short address of version 6', findIpAddresses, '(<<2001:db8::1>>) <<fe80::1:2>>: up'],
    ['a hardware address', findMacAddresses, 'mac <<00:1B:44:11:3a:b7>>.'],
    ['one with dashes', findMacAddresses, '<<00-1B-44-11-3A-B7>>'],
    ['one with dots', findMacAddresses, '<<001b.4411.3ab7>>'],
  ])('%s', (_name, find, sample) => {
    expect(shown(find, sample)).toBe(sample);
  });
});

describe('not found are', () => {
  test.each<[string, Find, string]>([
    ['an account with wrong check digits', findIbans, 'GB98LOWW46888763196059'],
    ['an account of no country', findIbans, 'XX97LOWW46888763196059'],
    ['an account that is too short', findIbans, 'GB97LOWW4688 and GB97 LOWW.'],
    ['an account with a tail', findIbans, 'GB97LOWW468887631960591'],
    ['areas that are not given out', findSocialSecurityNumbers, 'ssn 000-12-3456, 666-12-3456, 912-12-3456'],
    ['groups that are not given out', findSocialSecurityNumbers, 'ssn 123-00-3456, 123-12-0000'],
    ['nine digits', findSocialSecurityNumbers, 'The result is 460899847 or 460 89 9847.'],
    ['a longer number', findSocialSecurityNumbers, '460-89-9847-1, 1-460-89-9847, 460-89-98471'],
    ['a licence without digits', findDriverLicences, "driver's license number ABC1"],
    ['a licence of a program', findDriverLicences, 'the license A1234567'],
    ['a flight', findDriverLicences, 'on flight dl22005'],
    ['this machine, none, a mask', findIpAddresses, '127.0.0.1, 0.0.0.0, 255.255.255.0, ::1, ::'],
    ['a version', findIpAddresses, 'version 1.2.3.4 and v 1.2.3.4'],
    ['a section', findIpAddresses, '1.2.3.4.5 and 1.2.3.400'],
    ['C++', findIpAddresses, 'std::string a::b::c dead::beef::cafe x::1:2:3'],
    ['a ratio', findIpAddresses, '1:8:28:70:56:28:8:1'],
    ['a time', findIpAddresses, 'at 10:30:15 or 2024-01-01T10:30:15'],
    ['an empty hardware address', findMacAddresses, '00:00:00:00:00:00 and ff:ff:ff:ff:ff:ff'],
    ['a longer one', findMacAddresses, '00:1B:44:11:3a:b7:c8 and 00:1B:44:11:3a'],
    ['words', findMacAddresses, 'face.beef.cafe'],
  ])('%s', (_name, find, text) => {
    expect(shown(find, text)).toBe(text);
  });
});
