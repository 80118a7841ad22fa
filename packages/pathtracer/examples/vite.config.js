// `npx vite packages/pathtracer/examples` serves the examples; the end-to-end tests build them with this file.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;
const examples = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
    .map(({ name }) => name);

export default defineConfig({
    root: here,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    build: {
        outDir: join(here, '..', '..', '..', 'e2e', 'dist', 'examples'),
        emptyOutDir: true,
        target: 'esnext',
        modulePreload: false,
        chunkSizeWarningLimit: 4096,
        rolldownOptions: { input: Object.fromEntries(examples.map((name) => [name, join(here, name, 'index.html')])) }
    }
});
