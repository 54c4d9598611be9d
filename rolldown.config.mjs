// Puts the command line together from src/ into few files: Node takes longer to find and link six hundred small modules
// than to run them. Runs after the compiler, whose modules under dist/ are the library and what threads start from.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { defineConfig } from 'rolldown';

const ROOT = import.meta.dirname;
const BUNDLE = join(ROOT, 'dist', 'bundle');
/** Packages that come along: many small files that every verb loads. All others are loaded from node_modules. */
const TAKEN_IN = /^(?:zod|yaml|commander|libphonenumber-js|validator)(?:\/|$)/;

export default defineConfig({
  input: join(ROOT, 'src', 'cli.ts'),
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && !TAKEN_IN.test(id),
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  plugins: [inItsPlace(), start(), licences()],
  output: {
    dir: join(ROOT, 'dist'),
    format: 'esm',
    entryFileNames: 'bundle/[name].js',
    chunkFileNames: 'bundle/[name]-[hash].js',
  },
});

/** Files of the package are found from where the compiler would have put a module. */
function inItsPlace() {
  return {
    name: 'in-its-place',
    transform(code, id) {
      if (!id.startsWith(join(ROOT, 'src') + sep) || !code.includes('import.meta.url')) return undefined;
      const compiled = join(ROOT, 'dist', relative(join(ROOT, 'src'), id)).replace(/\.ts$/, '.js');
      const url = JSON.stringify(relative(BUNDLE, compiled).split(sep).join('/'));
      return { code: code.replaceAll('import.meta.url', `new URL(${url}, import.meta.url).href`), map: null };
    },
  };
}

/** The package's `bin` stays where it is. Files of a bundle before this one are not wanted: their names differ. */
function start() {
  return {
    name: 'start',
    buildStart: () => rmSync(BUNDLE, { recursive: true, force: true }),
    generateBundle() {
      const source = "#!/usr/bin/env node\nimport './bundle/cli.js';\n";
      this.emitFile({ type: 'asset', fileName: 'cli.js', source });
    },
  };
}

/** The licences of the packages whose code is in the bundle ask to be with each copy. */
function licences() {
  return {
    name: 'licences',
    generateBundle(_, files) {
      const modules = Object.values(files).flatMap((file) => Object.keys(file.modules ?? {}));
      const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
      const texts = [...folders].sort().map(licenceOf);
      this.emitFile({ type: 'asset', fileName: 'bundle/LICENSES.txt', source: texts.join('\n\n') });
    },
  };
}

function licenceOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} has no file with its licence; leave it out of the bundle`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
