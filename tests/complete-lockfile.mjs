/**
 * Completes package-lock.json for platforms other than this one. npm leaves an optional package out of the lockfile when the
 * registry in use does not carry it (a mirror that serves one platform, say), and then `npm ci` calls the lockfile out of
 * step. This adds what is missing: the version that the parent asks for exactly, and the platform that the name tells.
 * Such an entry has no integrity, since nobody here has seen the package; npm fetches it by name and version where it fits.
 *
 * npm run lockfile     after every change of dependencies
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OS = ['linux', 'darwin', 'win32', 'android', 'freebsd', 'openharmony', 'windows'];
const CPU = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', '64', 'wasm32', 'loong64'];

const path = join(dirname(fileURLToPath(import.meta.url)), '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const added = [];
for (const [parentPath, parent] of Object.entries(lock.packages)) {
    if (parentPath.startsWith('packages/') || parentPath === '') continue;
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
        const key = `node_modules/${name}`;
        if (lock.packages[key] || lock.packages[`${parentPath}/${key}`]) continue;
        if (!/^\d+\.\d+\.\d+/.test(version)) {
            console.error(
                `${name} is asked for as "${version}" (expected an exact version). Add it to the lockfile by hand.`
            );
            process.exit(2);
        }
        lock.packages[key] = entry(name, version, parent);
        added.push(`${name}@${version}`);
    }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
if (added.length > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `added ${added.join(', ')}` : 'the lockfile is complete');

function entry(name, version, parent) {
    const parts = name.split('/').at(-1).split('-');
    const os = OS.find((word) => parts.includes(word));
    const cpu = CPU.find((word) => parts.includes(word));
    const musl = parts.some((part) => part.startsWith('musl'));
    return {
        version,
        ...(cpu ? { cpu: [cpu === '64' ? 'x64' : cpu] } : {}),
        ...(parent.dev ? { dev: true } : {}),
        ...(os === 'linux' ? { libc: [musl ? 'musl' : 'glibc'] } : {}),
        optional: true,
        ...(os ? { os: [os === 'windows' ? 'win32' : os] } : {})
    };
}
