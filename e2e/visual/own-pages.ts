/** Pages of our own packages. There is no studio package yet: its pages belong here. */
import { fileURLToPath } from 'node:url';
import { pageScenario, type Scenario } from '@mixreel/harness';

const folder = fileURLToPath(new URL('../dist', import.meta.url));

export const ownPages: Scenario[] = [
    pageScenario({
        name: 'pages/path-tracer',
        page: { folder, path: 'apps/cornell/index.html' },
        ready: 'app.ready',
        // It draws when it is told to, by no clock.
        time: 'real',
        steps: [{ seed: 'app.setSeed' }],
        repetitions: 2,
        captures: [
            { name: 'box', of: { read: 'app.color' }, judge: { kind: 'stochastic' } },
            { name: 'normals', of: { read: 'app.normals' }, judge: { kind: 'deterministic' } }
        ],
        tags: ['own', 'pages']
    }),
    pageScenario({
        name: 'pages/codec',
        page: { folder, path: 'apps/codec/index.html' },
        ready: 'mixreelApp.ready',
        captures: [{ name: 'decoded', of: { read: 'app.decoded' }, judge: { kind: 'deterministic' } }],
        tags: ['own', 'pages']
    })
];
