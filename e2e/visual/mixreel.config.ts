/**
 * The project's own pictures under its own harness: `npx mixreel test e2e/visual/mixreel.config.ts`, and
 * `npx mixreel approve` once a change is wanted.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig, type HarnessConfig } from '@mixreel/harness';
import { canvasPages } from './canvas-pages.ts';
import { ownPages } from './own-pages.ts';
import { ownPictures } from './own-pictures.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const config: HarnessConfig = defineConfig({
    title: 'mixreel: pictures',
    scenarios: [...ownPictures, ...ownPages, ...canvasPages],
    baselineDir: here('baselines'),
    outDir: here('../../out/visual')
});

export default config;
