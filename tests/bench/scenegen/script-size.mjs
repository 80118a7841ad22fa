/**
 * What a page loads to generate scenes: everything that the package exports in one script, with the libraries that it needs
 * (glTF-Transform, earcut), minified and compressed by gzip. Textures are made by the script, so none are loaded; the
 * engine's plugin is an entry of its own, and the engine is its user's.
 */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

export default async function scriptSize({ only }) {
    if (only && !'script/gzip-bytes'.includes(only)) return [];
    const entry = fileURLToPath(new URL('../../../packages/scenegen/dist/index.js', import.meta.url));
    const built = await build({
        configFile: false,
        logLevel: 'error',
        build: { write: false, target: 'esnext', minify: true, lib: { entry, formats: ['es'] } }
    });
    const chunks = (Array.isArray(built) ? built : [built]).flatMap(({ output }) => output);
    const bytes = chunks.reduce((sum, c) => sum + (c.type === 'chunk' ? gzipSync(c.code, { level: 9 }).length : 0), 0);
    return [
        {
            name: 'script/gzip-bytes',
            value: bytes,
            unit: 'byte',
            better: 'lower',
            against: { name: 'budget', value: 300_000 },
            note: 'all exports and their libraries, minified'
        }
    ];
}
