#!/usr/bin/env node
// Lays out the files of the image in a folder and says what they weigh:
//   node deploy/image-tree.mjs TARGET [x64|arm64]
// The Dockerfile runs it, so that what a test says of the folder holds for the image. It takes what is built (dist/)
// and what is installed (node_modules/) and fetches nothing. Of packages it takes those that serving needs, without
// sources, type declarations and binaries for other machines: these are nine tenths of what is installed.
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const OWN = ['package.json', 'LICENSE', 'proto', 'dist', 'envoy', 'recipes', 'models/manifest.json', 'models/encoder', 'models/heads', 'models/routers'];
const UNUSED = new Set(['.map', '.ts', '.mts', '.cts', '.tsx', '.md', '.c', '.cc', '.cpp', '.h', '.hpp', '.gyp', '.gypi', '.lib', '.pdb', '.tgz', '.stamp', '.tsbuildinfo']);
const UNUSED_FOLDERS = new Set(['test', 'tests', '__tests__', 'example', 'examples', '.github', 'benchmark', 'benchmarks']);
/** By the number that an ELF file has for its machine. */
const MACHINES = { x64: 62, arm64: 183 };

const [target, arch = process.arch] = process.argv.slice(2);
if (target === undefined || MACHINES[arch] === undefined) {
  process.stderr.write('usage: node deploy/image-tree.mjs TARGET [x64|arm64]\n');
  process.exit(2);
}
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const path of OWN) copy(path);
for (const path of packages()) copy(path);
process.stdout.write(`${report()}\n`);

/** What the lock file does not call a package of development. */
function packages() {
  const { packages: all } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  return Object.entries(all)
    .filter(([path, entry]) => path.startsWith('node_modules/') && entry.dev !== true && entry.devOptional !== true)
    .map(([path]) => path)
    // Packages inside packages come along with these.
    .filter((path) => path.lastIndexOf('node_modules/') === 0 && existsSync(join(ROOT, path)));
}

function copy(path) {
  const from = join(ROOT, path);
  if (!existsSync(from)) throw new Error(`${path} is not there; run \`npm ci\` and \`npm run build\` first`);
  cpSync(from, join(target, path), { recursive: true, dereference: true, filter: (file) => isNeeded(file) });
}

function isNeeded(file) {
  const path = relative(ROOT, file);
  const isOfPackage = path.startsWith('node_modules/');
  if (!isOfPackage) return true;
  if (statSync(file).isDirectory()) return !UNUSED_FOLDERS.has(path.split('/').at(-1));
  if (UNUSED.has(extname(path)) && !/^(licen[cs]e|notice|copying)/i.test(path.split('/').at(-1))) return false;
  const machine = machineOf(file);
  return machine === undefined || machine === MACHINES[arch];
}

/** Undefined: no program. 0: one for another system. Else the number of the machine, where the C library is glibc. */
function machineOf(file) {
  const head = Buffer.alloc(20);
  const handle = openSync(file, 'r');
  readSync(handle, head, 0, 20, 0);
  closeSync(handle);
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46) return /musl/.test(file) ? 0 : head.readUInt16LE(18);
  const isMachO = [0xcffaedfe, 0xcefaedfe, 0xcafebabe, 0xfeedfacf].includes(magic);
  const isPe = head.toString('latin1', 0, 2) === 'MZ' && /\.(dll|exe|node)$/i.test(file);
  return isMachO || isPe ? 0 : undefined;
}

function report() {
  const sizes = new Map();
  let [bytes, files, programs] = [0, 0, 0];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        walk(path);
        continue;
      }
      const { size } = statSync(path);
      const part = relative(target, path).split('/').slice(0, entry.name === 'package.json' ? 1 : 2).join('/');
      sizes.set(part, (sizes.get(part) ?? 0) + size);
      bytes += size;
      files += 1;
      if (machineOf(path) !== undefined) programs += 1;
    }
  };
  walk(target);
  const largest = [...sizes].sort(([, a], [, b]) => b - a).slice(0, 6);
  const lines = largest.map(([part, size]) => `${mb(size).padStart(8)}  ${part}`);
  return [`${mb(bytes)} in ${files} files, ${programs} native binaries, all linux/${arch}`, ...lines].join('\n');
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
