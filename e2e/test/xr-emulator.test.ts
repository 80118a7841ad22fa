/** Sessions of an emulated headset (IWER) are under the harness's virtual clock: one frame for each of its frames, at its time. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageScenario, runScenarios } from '@mixreel/harness';
import { expect, test } from 'vitest';

const main = createRequire(import.meta.url).resolve('iwer');
const iwer = readFileSync(
    join(main.slice(0, main.lastIndexOf('iwer') + 'iwer'.length), 'build', 'iwer.min.js'),
    'utf8'
);

/** Before the clock moves the session has begun; the head moves by the time of its frames, which the pose must show. */
const PAGE = `<!doctype html><canvas id="c" width="32" height="32"></canvas><script>${iwer}</script><script>
const times = []; let frames = 0, views = 0, poseX = -1;
const headset = new IWER.XRDevice(IWER.metaQuest3);
headset.installRuntime({ forceInstall: true });
window.ready = (async () => {
    const session = await navigator.xr.requestSession('immersive-vr');
    const gl = c.getContext('webgl2', { xrCompatible: true });
    session.updateRenderState({ baseLayer: new XRWebGLLayer(session, gl) });
    const space = await session.requestReferenceSpace('local');
    const each = (t, frame) => {
        times.push(t);
        const pose = frame.getViewerPose(space);
        views = pose.views.length;
        poseX = pose.transform.position.x;
        headset.position.x = t / 1000;
        session.requestAnimationFrame(each);
    };
    session.requestAnimationFrame(each);
})();
const draw = () => { frames++; requestAnimationFrame(draw); };
requestAnimationFrame(draw);
window.state = () => ({ frames, xr: times.length, first: times[0] ?? -1, last: times.at(-1) ?? -1, now: performance.now(), views, poseX });
</script>`;

test('a session of an emulated headset has a frame for each of the clock, at its time, with the pose of its moment', async () => {
    const scenario = pageScenario({
        name: 'headset',
        page: { html: PAGE },
        viewports: [{ widthPx: 64, heightPx: 64 }],
        ready: 'ready',
        steps: [{ frames: 12 }],
        captures: [{ name: 'state', counters: 'state', judge: { kind: 'counters' } }]
    });
    const outDir = mkdtempSync(join(tmpdir(), 'mixreel-xr-'));
    const [result] = (await runScenarios([scenario], { outDir })).scenarios;
    expect(result!.failure).toBeNull();
    // Where the head was put in frame 11, at 183.333 ms; single precision in the emulator's matrices.
    const counters = { frames: 12, xr: 12, first: 16.667, last: 200, now: 200, views: 2 };
    const poseX = expect.closeTo(0.183333, 5) as number;
    expect(result!.captures[0]!.data).toEqual({ kind: 'counters', counters: { ...counters, poseX } });
}, 60_000);
