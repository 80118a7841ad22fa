// The Editor's two files, into dist/editor: the script as it is, whose comments the Editor reads its attributes from, and beside it
// everything that the script imports but for the engine, which the Editor has.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;
const outDir = join(here, '..', 'dist', 'editor');

const copyScript = {
    name: 'copy-script',
    writeBundle() {
        const script = readFileSync(join(here, 'path-tracer.mjs'), 'utf8');
        const beside = script.replace("from '@mixreel/pathtracer/playcanvas'", "from './path-tracer-plugin.mjs'");
        writeFileSync(join(outDir, 'path-tracer.mjs'), beside);
    }
};

export default defineConfig({
    root: here,
    publicDir: false,
    logLevel: 'warn',
    plugins: [copyScript],
    build: {
        outDir,
        emptyOutDir: true,
        target: 'esnext',
        lib: {
            entry: join(here, '..', 'dist', 'playcanvas', 'index.js'),
            formats: ['es'],
            fileName: () => 'path-tracer-plugin.mjs'
        },
        rolldownOptions: { external: ['playcanvas'] }
    }
});
