import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** One module of `src`, parsed. */
export interface SourceFile {
  /** Path below `src`, with forward slashes. */
  readonly path: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

export interface Import {
  /** Path below `src` of the module, or the name of a package as the code writes it. */
  readonly target: string;
  readonly isPackage: boolean;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** Names taken from it; empty for the whole module. */
  readonly names: readonly string[];
  readonly line: number;
}

export function readSources(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => parseSource(path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, tree, imports: nodesOf(tree).flatMap((node) => importOf(path, tree, node)) };
}

/** Every node below and including this one, in the order of the text. */
export function nodesOf(node: ts.Node): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (each: ts.Node): void => {
    nodes.push(each);
    ts.forEachChild(each, visit);
  };
  visit(node);
  return nodes;
}

export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** The folder that the import table knows a file by: each adapter is one of its own, and each file of `app/` and beside it. */
export function folderOf(path: string): string {
  const parts = path.split('/');
  if (parts[0] === 'adapters' && parts.length > 2) return parts.slice(0, 2).join('/');
  if (parts[0] === 'app') return path;
  return parts[0] ?? '';
}

function importOf(path: string, tree: ts.SourceFile, node: ts.Node): readonly Import[] {
  const found = specifierOf(node);
  if (found === undefined) return [];
  const { specifier, typeOnly, names } = found;
  const isPackage = !specifier.startsWith('.');
  const target = isPackage ? specifier : posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
  return [{ target, isPackage, typeOnly, names, line: lineOf(tree, node) }];
}

interface Specifier {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly names: readonly string[];
}

function specifierOf(node: ts.Node): Specifier | undefined {
  if (ts.isImportDeclaration(node)) {
    const bindings = node.importClause?.namedBindings;
    const elements = bindings !== undefined && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
    const allTypes =
      elements.length > 0 &&
      node.importClause?.name === undefined &&
      elements.every((each) => each.isTypeOnly);
    return {
      specifier: textOf(node.moduleSpecifier),
      typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes,
      names: elements.map((each) => (each.propertyName ?? each.name).text),
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const clause = node.exportClause;
    const elements = clause !== undefined && ts.isNamedExports(clause) ? [...clause.elements] : [];
    const allTypes = elements.length > 0 && elements.every((each) => each.isTypeOnly);
    return {
      specifier: textOf(node.moduleSpecifier),
      typeOnly: node.isTypeOnly || allTypes,
      names: elements.map((each) => (each.propertyName ?? each.name).text),
    };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: textOf(node.arguments[0]), typeOnly: false, names: [] };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), typeOnly: true, names: [] };
  }
  return undefined;
}

/** A name that is computed cannot be checked, so it stands for itself and no table allows it. */
function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : (node?.getText() ?? '');
}
