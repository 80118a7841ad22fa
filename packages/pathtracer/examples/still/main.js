// A still of the scene as PNG, with progress and cancelling; the app goes on with its own picture meanwhile.
import { writeFramePng } from '@mixreel/image';
import { PathTracerPlugin } from '@mixreel/pathtracer/playcanvas';
import { animate, createApp, createDiorama } from '../shared/diorama.js';

const element = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const [widthPx, heightPx] = (query.get('size') ?? '1280x720').split('x').map(Number);
const spp = Number(query.get('spp') ?? 256);
const app = await createApp(element('canvas'));
const diorama = createDiorama(app);
let seconds = 0;
app.on('update', (dt) => animate(diorama, (seconds += dt)));

const plugin = new PathTracerPlugin(app, { tracer: { maxBounces: 8 } });
let abort = null;

element('render').onclick = async () => {
    abort = new AbortController();
    const busy = (is) => {
        element('render').disabled = is;
        element('cancel').disabled = !is;
    };
    busy(true);
    element('state').textContent = '';
    try {
        const report = (done, total) => {
            element('progress').value = done / total;
        };
        const progress = { report, signal: abort.signal };
        const frame = await plugin.renderToFrame({ spp, widthPx, heightPx, progress });
        const png = writeFramePng(frame, { mapper: 'aces2' });
        element('save').href = URL.createObjectURL(new Blob([png], { type: 'image/png' }));
        element('save').hidden = false;
        element('state').textContent = `${widthPx} x ${heightPx}, ${png.length} bytes`;
    } catch (error) {
        element('state').textContent = error.code === 'aborted' ? 'cancelled' : error.message;
    } finally {
        busy(false);
    }
};
element('cancel').onclick = () => abort?.abort();
