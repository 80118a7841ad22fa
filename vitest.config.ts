import { defineConfig } from 'vitest/config';

/**
 * The four tiers of the test suite. Packages are resolved to their sources, so that a unit test never sees a stale build;
 * worker threads, child processes and browsers run the built files.
 */
const alias = [
    { find: /^@mixreel\/([a-z]+)$/, replacement: `${import.meta.dirname}/packages/$1/src/index.ts` },
    { find: /^@mixreel\/([a-z]+)\/([a-z]+)$/, replacement: `${import.meta.dirname}/packages/$1/src/$2/index.ts` }
];

const setupFiles = [`${import.meta.dirname}/tests/property-seed.ts`];

export default defineConfig({
    resolve: { alias },
    test: {
        projects: [
            {
                resolve: { alias },
                test: {
                    name: 'unit',
                    setupFiles,
                    include: ['packages/*/test/**/*.test.ts'],
                    exclude: ['packages/*/test/gpu/**', '**/node_modules/**'],
                    maxWorkers: 2,
                    // A guard against hanging, not a measure: a loaded machine may take several times what an idle one does.
                    testTimeout: 120_000
                }
            },
            {
                resolve: { alias },
                test: {
                    name: 'gpu',
                    setupFiles,
                    include: ['packages/*/test/gpu/**/*.test.ts'],
                    // SwiftShader renders on every core, and Dawn aborts when two of its instances are torn down in one
                    // process: one file at a time, each in a process of its own.
                    pool: 'forks',
                    fileParallelism: false,
                    maxWorkers: 1,
                    testTimeout: 300_000,
                    hookTimeout: 120_000
                }
            },
            {
                resolve: { alias },
                test: {
                    name: 'browser',
                    setupFiles,
                    include: ['e2e/test/**/*.test.ts'],
                    pool: 'forks',
                    fileParallelism: false,
                    maxWorkers: 1,
                    testTimeout: 300_000,
                    hookTimeout: 180_000
                }
            },
            {
                resolve: { alias },
                test: {
                    name: 'cross',
                    setupFiles,
                    include: ['tests/**/*.test.ts'],
                    exclude: ['tests/bench/**', '**/node_modules/**'],
                    maxWorkers: 2,
                    testTimeout: 300_000,
                    hookTimeout: 120_000
                }
            }
        ]
    }
});
