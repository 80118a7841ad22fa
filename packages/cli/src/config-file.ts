/**
 * Finds and loads `mixreel.config.*`. TypeScript is stripped by jiti, which Nuxt, ESLint and Tailwind load their configurations
 * with: Node.js itself only does so from 22.18 on. A JavaScript file is imported as it is.
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { badInput, MixreelError } from '@mixreel/core';
import { type CheckedConfig, CONFIG_DEFAULTS, checkConfig, type HarnessConfig } from '@mixreel/harness';

/** Where a configuration is looked for, in this order. */
export const CONFIG_NAMES: readonly string[] = ['mixreel.config.ts', 'mixreel.config.mjs', 'mixreel.config.js'];

const TYPESCRIPT: ReadonlySet<string> = new Set(['.ts', '.mts', '.cts']);

/**
 * The configuration in a file, or in the first of the usual names. Throws `bad-input`.
 *
 * @param how - `anew`: as the file is now, even if it was read before (what it imports stays as it was).
 */
export async function readConfig(given: string | undefined, how: { anew?: boolean } = {}): Promise<CheckedConfig> {
    const path = configPath(given);
    let loaded: { default?: unknown };
    try {
        loaded = await load(resolve(path), how.anew ?? false);
    } catch (error) {
        if (error instanceof MixreelError) throw error;
        const why = error instanceof Error ? error.message : String(error);
        throw badInput(`${path} cannot be loaded: ${why}`, 'a module without errors', 'Correct it', error);
    }
    if (loaded.default === undefined) {
        throw badInput(`${path} has no default export`, 'export default defineConfig({ … })', 'Add it');
    }
    const beside = dirname(resolve(path));
    const { folder = beside, baselineDir = relative('.', join(beside, CONFIG_DEFAULTS.baselineDir)) } =
        loaded.default as HarnessConfig;
    const suite = relative(baselineDir, path).replaceAll('\\', '/').slice(-200);
    return { suite, ...checkConfig(loaded.default), folder, baselineDir };
}

/** The path of the configuration. Throws `bad-input` if there is none. */
export function configPath(given: string | undefined): string {
    const path = given ?? CONFIG_NAMES.find((name) => existsSync(name));
    if (path !== undefined && existsSync(path)) return path;
    throw badInput(
        `there is no ${given ?? 'configuration'}`,
        given === undefined ? CONFIG_NAMES.join(' or ') : 'a file',
        'Write one with defineConfig of @mixreel/harness, or name it: mixreel test FILE'
    );
}

async function load(path: string, anew: boolean): Promise<{ default?: unknown }> {
    if (!TYPESCRIPT.has(extname(path))) {
        const url = pathToFileURL(path);
        // A module is loaded once for each address.
        if (anew) url.search = `at=${(await stat(path)).mtimeMs}`;
        return (await import(url.href)) as { default?: unknown };
    }
    const { createJiti } = await import('jiti');
    // No cache on disk, and native import for packages: one copy of each, so that instanceof holds.
    const jiti = createJiti(import.meta.url, {
        fsCache: false,
        moduleCache: false,
        interopDefault: false,
        tryNative: false,
        nativeModules: ['@mixreel/cli', '@mixreel/core', '@mixreel/harness', '@mixreel/image']
    });
    return jiti.import<{ default?: unknown }>(path);
}
