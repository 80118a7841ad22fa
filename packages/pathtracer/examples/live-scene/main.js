// Path tracing of a running scene: the lines with `plugin` are all that an app needs.
import { PathTracerPlugin } from '@mixreel/pathtracer/playcanvas';
import { animate, createApp, createDiorama } from '../shared/diorama.js';

const element = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const app = await createApp(element('canvas'));
const diorama = createDiorama(app);

const plugin = new PathTracerPlugin(app, {
    maxSpp: Number(query.get('spp') ?? 1024),
    resolutionScale: Number(query.get('scale') ?? 1),
    frameBudgetMs: 30,
    onCameraMove: 'reproject',
    tracer: { maxBounces: 6 },
    onEvent(event) {
        if (event.kind === 'samples') element('spp').textContent = `${event.spp} samples`;
        if (event.kind === 'failed') element('spp').textContent = event.error.message;
        if (event.kind === 'scene') for (const { message } of event.events) console.info(message);
    }
});
plugin.enable();

let moving = false;
let seconds = 0;
animate(diorama, seconds);
app.on('update', (dt) => {
    if (moving) animate(diorama, (seconds += dt));
});
element('motion').onclick = () => {
    moving = !moving;
    element('motion').textContent = moving ? 'Stop moving' : 'Start moving';
};
element('denoise').onchange = ({ target }) => {
    plugin.denoise = target.checked;
};
element('mode').onclick = () => {
    plugin.mode = plugin.mode === 'raster' ? 'pathtraced' : 'raster';
    element('mode').textContent = plugin.mode === 'raster' ? 'Path-traced' : 'Raster';
};
