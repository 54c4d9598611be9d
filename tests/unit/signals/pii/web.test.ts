import { describe, expect, test } from '@jest/globals';
import { findEmails } from '../../../../src/signals/pii/emails.js';
import { withoutOverlaps } from '../../../../src/signals/pii/overlaps.js';
import { findUrls } from '../../../../src/signals/pii/urls.js';
import { markedText, unmarked } from '../../../support/marked-text.js';

function urls(sample: string): string {
  const text = unmarked(sample);
  return markedText(
    text,
    withoutOverlaps(findUrls(text), (span, than) => span.score > than.score),
  );
}

function emails(sample: string): string {
  const text = unmarked(sample);
  return markedText(text, findEmails(text));
}

describe('addresses of the web are found', () => {
  test.each([
    ['with a scheme', 'See <<https://www.VCShow.cz/>>.'],
    ['with a path and a query', '<<http://x.example/a/b?c=d&e=[f]#g>>, ok'],
    ['of other schemes', '<<ftp://files.example>> <<postgres://u:p@db/x>> <<mongodb+srv://c.example>>'],
    ['in brackets', '(<<https://a.example/b>>)'],
    ['with brackets of its own', '<<https://a.example/b_(c)>>'],
    ['in quotes', '"<<https://a.example/b>>", “<<https://a.example>>”'],
    ['in Markdown', '[<<https://a.example>>](<<https://a.example/b>>)'],
    ['with www alone', 'go to <<www.example.org/x>>!'],
    ['with www and a port', '<<www.example.org:8080/x>>'],
    ['a bare host', 'I bought it at <<artistmovie.se>>, cheap'],
    ['a bare host with a path', '<<vimeo.com/dmca>>'],
    ['a bare host with a port', '<<intranet.example.com:8443>>'],
    ['a bare host of two levels', 'from <<wholeprices.com.au>> or <<shop.co.za>>'],
    ['a bare host with letters of its language', '<<müller.de>>'],
    ['an announced host', 'my website is <<finanzas.es>>, see the site <<perez.me>>'],
  ])('%s', (_name, sample) => {
    expect(urls(sample)).toBe(sample);
  });

  test.each([
    ['a file', 'main.py, lib.rs, script.pl, the website index.html'],
    ['code', 'console.log(x) and self.name.de(y)'],
    ['a path', 'src/main.com and ..\\main.com'],
    ['an e-mail address', 'ida@example.com'],
    ['a version', 'v1.2.3 and 10.1.de'],
    ['an abbreviation', 'e.g.de, i.e.com'],
    ['a sentence without a blank', 'the end.It was a site.It'],
    ['a scheme alone', 'http:// and :// and foo://bar'],
    ['www alone', 'www. and www.x and www.-.de'],
    ['a label that is too long', `${'a'.repeat(70)}.de`],
  ])('%s is none', (_name, text) => {
    expect(urls(text)).toBe(text);
  });

  test('up to a length', () => {
    const [span] = findUrls(`https://a.example/${'x'.repeat(5000)}`);
    expect(span?.end).toBeLessThan(3000);
  });
});

describe('e-mail addresses are found', () => {
  test.each([
    ['in a sentence', 'Write to <<CarlESteffensen@einrot.com>>.'],
    ['with signs', "<<o'neil.j_r%x+tag@mail.example.co.uk>>"],
    ['in brackets', 'Ida <<<i.b@example.com>>>'],
    ['in quotes', "'<<ida@example.com>>'"],
    ['in other scripts', '<<ида@пример.рф>>'],
    ['in lists', '<<a1@example.com>>,<<b2@example.com>>;<<c3@example.com>>'],
  ])('%s', (_name, sample) => {
    expect(emails(sample)).toBe(sample);
  });

  test.each([
    ['a handle', '@ida and ida@ and ida@example'],
    ['a local part that ends with a dot', 'ida.@example.com'],
    ['a version of a package', 'left-pad@1.2.3'],
    ['two dots in the host', 'ida@example..com'],
    ['no local part', 'a.-@ @example.com'],
  ])('%s is none', (_name, text) => {
    expect(emails(text)).toBe(text);
  });
});
