/**
 * Pages such as anybody writes: they draw on animation frames, take their time from clocks and timers and their colours from
 * Math.random, and know nothing of being tested. `index.html#three` is drawn by three.js, and so on. `app.ready` is the only
 * thing offered: some of them load before they draw.
 */
const pages = {
    webgl: () => import('./webgl.js'),
    webgpu: () => import('./webgpu.js'),
    three: () => import('./three.js'),
    babylon: () => import('./babylon.js'),
    playcanvas: () => import('./playcanvas.js')
};

const canvas = document.querySelector('canvas');
const load = pages[location.hash.slice(1)];
globalThis.app = { ready: load().then((page) => page.start(canvas)) };
