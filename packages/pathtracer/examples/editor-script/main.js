// The ESM Script that the Editor takes, put on the camera by code: its attributes are plain fields that can change at any time.
import { PathTracer } from '@mixreel/pathtracer/scripts/path-tracer.mjs';
import { animate, createApp, createDiorama } from '../shared/diorama.js';

const element = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const app = await createApp(element('canvas'));
const diorama = createDiorama(app);
animate(diorama, 0);

diorama.camera.addComponent('script');
const script = diorama.camera.script.create(PathTracer);
script.maxSpp = Number(query.get('spp') ?? 512);
script.resolutionScale = Number(query.get('scale') ?? 1);
script.on('pathtracer:samples', ({ spp }) => {
    element('spp').textContent = `${spp} samples`;
});
element('scale').oninput = ({ target }) => {
    script.resolutionScale = Number(target.value);
};
element('bounces').oninput = ({ target }) => {
    script.maxBounces = Number(target.value);
};
