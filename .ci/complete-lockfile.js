// Adds to package-lock.json the optional packages of other platforms that a registry mirror did not offer when the
// lock was written. Without them `npm ci` refuses the lock on every machine. Run it after each `npm install`.
// Names tell the platform: @scope/name-<os>-<cpu>[-<libc>].
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const OS = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony', 'wasm32'];
const CPU = { armv6: 'arm', armv7: 'arm', arm: 'arm' };

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (path === '' || lock.packages[key] !== undefined || !/^\d/.test(version)) continue;
    const platform = platformOf(name);
    if (platform === undefined) continue;
    lock.packages[key] = { version, ...platform, ...(entry.dev ? { dev: true } : {}), license: entry.license, optional: true };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} packages added\n`);

function platformOf(name) {
  const parts = name.split('/').at(-1).split('-');
  const at = parts.findIndex((part) => OS.includes(part));
  if (at === -1 || parts[at] === 'wasm32') return undefined;
  const [os, cpu, libc] = parts.slice(at);
  return {
    cpu: [CPU[cpu] ?? cpu],
    ...(libc === 'musl' ? { libc: ['musl'] } : libc === 'gnu' && os === 'linux' ? { libc: ['glibc'] } : {}),
    os: [os],
  };
}
