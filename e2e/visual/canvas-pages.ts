/** Pages of plain WebGL, plain WebGPU, three.js, Babylon.js and PlayCanvas, none of which knows that it is tested. */
import { fileURLToPath } from 'node:url';
import { pageScenario, type Scenario } from '@mixreel/harness';

const folder = fileURLToPath(new URL('../dist', import.meta.url));

/** Engines that wait for frames or timers before they say that they are ready. */
const WAITING = ['babylon'];

export const canvasPages: Scenario[] = ['webgl', 'webgpu', 'three', 'babylon', 'playcanvas'].map((name) =>
    pageScenario({
        name: `pages/${name}`,
        page: { folder, path: `apps/canvas/index.html#${name}` },
        viewports: [{ widthPx: 160, heightPx: 120 }],
        ready: 'app.ready',
        ...(WAITING.includes(name) ? { beforeReady: 'run' } : {}),
        steps: [{ frames: 12 }],
        captures: [{ name: 'canvas', of: { element: 'canvas' }, judge: { kind: 'deterministic' } }],
        tags: ['pages']
    })
);
