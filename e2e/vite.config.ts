/** Builds every app of `apps/` into `dist/apps/`: the tests open built apps, never a development server. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const apps = join(import.meta.dirname, 'apps');

export default defineConfig({
    root: import.meta.dirname,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    build: {
        outDir: 'dist',
        emptyOutDir: true,
        target: 'esnext',
        modulePreload: false,
        // The engine alone is over the default of 500 kB.
        chunkSizeWarningLimit: 4096,
        rolldownOptions: {
            input: Object.fromEntries(readdirSync(apps).map((name) => [name, join(apps, name, 'index.html')]))
        }
    }
});
