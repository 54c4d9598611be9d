import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import { err, ok, type Result } from '../lib/result.js';
import { CONFIG_BYTES_MAX, YAML_ALIASES_MAX } from './defaults.js';
import { type ConfigProblem, type Finding, formatPath, inFileOrder, type Path } from './problems.js';

/** Values to put in place of those in the file, by dotted path: `models.0.endpoints`. `undefined` removes. */
export type Overrides = Readonly<Record<string, unknown>>;

/** A YAML text that could be read, and the way back from a value to its place in the text. */
export interface ConfigDocument {
  readonly value: unknown;
  problem(finding: Finding): ConfigProblem;
}

/** Reads the YAML alone: what the values mean is not looked at here. */
export function readDocument(
  text: string,
  file: string,
  overrides: Overrides,
): Result<ConfigDocument, readonly ConfigProblem[]> {
  const whole = (message: string): ConfigProblem => ({ file, line: 1, column: 1, path: '', message });
  if (Buffer.byteLength(text) > CONFIG_BYTES_MAX) {
    return err([whole(`is larger than ${CONFIG_BYTES_MAX} bytes; a policy is far smaller, check the path`)]);
  }
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
    const flaws = [...document.errors, ...document.warnings];
    if (flaws.length > 0) {
      return err(
        inFileOrder(
          flaws.map((flaw) => {
            const { line, col } = lines.linePos(flaw.pos[0]);
            return { file, line, column: col, path: '', message: syntaxMessage(flaw.code, flaw.message) };
          }),
        ),
      );
    }
    applyOverrides(document, overrides);
    const value: unknown = document.toJS({ maxAliasCount: YAML_ALIASES_MAX });
    return ok({ value, problem: (finding) => place(finding, { file, document, lines }) });
  } catch (error) {
    // Too many aliases, nesting deeper than the stack, or an override that points nowhere.
    return err([whole(`cannot be read as YAML: ${reason(error)}; write it in plain lists and keys`)]);
  }
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands twice in the same place; keep one of them';
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line; YAML takes spaces only';
  return `is not valid YAML: ${message}; mend the line or quote the text`;
}

function reason(error: unknown): string {
  const said = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  return said === '' ? 'unknown reason' : said.replaceAll('\n', ' ').slice(0, 200);
}

function applyOverrides(document: Document.Parsed, overrides: Overrides): void {
  for (const [dotted, value] of Object.entries(overrides)) {
    const path = dotted.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
  }
}

interface Text {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

function place(finding: Finding, text: Text): ConfigProblem {
  const offset = offsetOf(finding.path, finding.at, text.document);
  const { line, col } = text.lines.linePos(offset);
  return { file: text.file, line, column: col, path: formatPath(finding.path), message: finding.message };
}

/** Where the path leads in the text, or as far towards it as the text goes: a missing key is reported at its parent. */
function offsetOf(path: Path, at: Finding['at'], document: Document.Parsed): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const target: unknown = isAlias(node) ? node.resolve(document) : node;
    let next: unknown;
    if (isMap<ParsedNode>(target)) {
      const pair = target.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      const last = index === path.length - 1;
      // A key with nothing behind it has an empty node at the end of the line; the key itself is easier to find.
      const empty = isScalar(pair.value) && pair.value.value === null;
      const keyOffset = startOf(pair.key);
      if ((last && at === 'key') || empty) return keyOffset ?? offset;
      next = pair.value;
    } else if (isSeq(target)) {
      next = target.items[Number(step)];
    }
    if (next === undefined || next === null) return offset;
    node = next;
    offset = startOf(node) ?? offset;
  }
  return offset;
}

/** Nodes that an override made have no place in the text. */
function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
