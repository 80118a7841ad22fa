/**
 * Builds every app of `apps/` into `dist/apps/`: the tests open built apps, never a development server. An app is a `main.ts` that
 * finds a canvas in its page; one that needs another page brings its own `index.html`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const apps = join(import.meta.dirname, 'apps');
const pages = readdirSync(apps).map((name) => [name, join(apps, name, 'index.html')] as const);

const page = (title: string): string => `<!doctype html>
<html lang="en">
    <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>body { margin: 0 } canvas { display: block }</style>
    </head>
    <body>
        <canvas id="canvas" width="96" height="72"></canvas>
        <script type="module" src="./main.ts"></script>
    </body>
</html>
`;

const pageOfApp: Plugin = {
    name: 'page-of-app',
    enforce: 'pre',
    resolveId: (id) => (pages.some(([, file]) => file === id) && !existsSync(id) ? id : null),
    load: (id) => (id.endsWith('.html') && !existsSync(id) ? page(basename(dirname(id))) : null)
};

export default defineConfig({
    root: import.meta.dirname,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    plugins: [pageOfApp],
    build: {
        outDir: 'dist',
        emptyOutDir: true,
        target: 'esnext',
        modulePreload: false,
        // The engine alone is over the default of 500 kB.
        chunkSizeWarningLimit: 4096,
        rolldownOptions: { input: Object.fromEntries(pages) }
    }
});
