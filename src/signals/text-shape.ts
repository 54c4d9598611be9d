/** What can be told from the lines and characters of a text, in linear time. */

/** A line is judged by so much of it: minified code has lines of any length. UTF-16 units. */
const LINE_CHARS_MAX = 300;

/** Share of the visible characters that stand in code: fenced, in back quotes, or in lines that read like code. 0 to 1. */
export function codeShare(text: string): number {
  let all = 0;
  let code = 0;
  let isFenced = false;
  eachLine(text, (line) => {
    const visible = visibleChars(line);
    all += visible;
    if (/^\s{0,20}(?:```|~~~)/.test(line)) {
      isFenced = !isFenced;
      code += visible;
    } else if (isFenced || readsLikeCode(line)) {
      code += visible;
    } else {
      for (const [quoted] of line.matchAll(/`[^`\n]{1,200}`/g)) code += visibleChars(quoted);
    }
  });
  return all === 0 ? 0 : code / all;
}

/** Lines that begin as an item of a list does. */
export function listItems(text: string): number {
  let items = 0;
  eachLine(text, (line) => {
    if (/^\s{0,40}(?:[-*+•–]|\d{1,3}[.)]|[a-z][.)])\s{1,10}\S/i.test(line)) items += 1;
  });
  return items;
}

/** Rows of tables, as Markdown writes them or with tabs between the cells; lines that only separate are none. */
export function tableRows(text: string): number {
  let rows = 0;
  eachLine(text, (line) => {
    const row = line.trim();
    const hasPipes = row.startsWith('|') && row.indexOf('|', 1) > 0 && !/^[|:\s-]*$/.test(row);
    if (hasPipes || /\S\t[^\t]{1,200}\t/.test(line)) rows += 1;
  });
  return rows;
}

/** Share of the letters that are Chinese, Japanese or Korean. 0 to 1. */
export function cjkShare(text: string): number {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters === 0 ? 0 : cjkCount(text) / letters;
}

/** Words between white space; where a script puts none between words, two characters count as one. */
export function countWords(text: string): number {
  // ASCII is most of what comes, has no such script, and is told by its length in bytes.
  if (Buffer.byteLength(text, 'utf8') === text.length) return asciiWords(text);
  const loose = cjkCount(text);
  let spaced = 0;
  // One look for runs and one at each of them: a single pattern for both would go back over long runs without letters.
  for (const [run] of (loose === 0 ? text : text.replace(CJK, ' ')).matchAll(/\S+/g)) {
    if (/[\p{L}\p{N}]/u.test(run)) spaced += 1;
  }
  return spaced + Math.ceil(loose / 2);
}

function asciiWords(text: string): number {
  let words = 0;
  let isCounted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) isCounted = false;
    else if (!isCounted && isAsciiLetterOrDigit(code)) {
      isCounted = true;
      words += 1;
    }
  }
  return words;
}

function isAsciiLetterOrDigit(code: number): boolean {
  const letter = code | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

const CJK = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]/gu;

function cjkCount(text: string): number {
  return text.match(CJK)?.length ?? 0;
}

/** Ends and beginnings that prose rarely has. */
const CODE_END = /(?:[;{}]|=>|\)\s?:|\) ?\{|,\s?\/\/.*)\s*$/;
const CODE_BEGIN =
  /^\s*(?:#include\b|#!\/|import [\w{*]|from [\w.]+ import |def \w+\(|class \w+[(:{ ]|function\b.*\(|(?:const|let|var) \w+ ?=|(?:public|private|protected|static) \w+|return\b.*[;)]|(?:if|for|while|switch) ?\(.*\)|elif |except\b|try:|@\w+\(|\$ \w|>>> |SELECT\b.*\bFROM\b|INSERT INTO\b|UPDATE \w+ SET\b|<\/?[a-z][\w-]*[^<>]*>\s*$|\w+\(.*\)$|\w+ ?= ?[\w"'([{])/;

function readsLikeCode(line: string): boolean {
  if (line.length < 2) return line === '}' || line === '{';
  return (
    CODE_BEGIN.test(line) || (CODE_END.test(line) && !/^\s*[-*]\s/.test(line) && /[=(){}[\].]/.test(line))
  );
}

function visibleChars(line: string): number {
  let spaces = 0;
  for (let at = 0; at < line.length; at += 1) if (line.charCodeAt(at) <= 0x20) spaces += 1;
  return line.length - spaces;
}

function eachLine(text: string, visit: (line: string) => void): void {
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    visit(text.slice(start, Math.min(end, start + LINE_CHARS_MAX)));
    start = end + 1;
  }
}
