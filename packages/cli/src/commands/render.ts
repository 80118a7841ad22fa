/** `mixreel render`: a glTF model to a path-traced picture. */
import { Rng } from '@mixreel/core';
import { Frame, TONE_MAPPERS } from '@mixreel/image';
import { Denoiser } from '@mixreel/pathtracer';
import { DAYLIGHT_DEFAULTS, daylightOf } from '../chain/daylight.ts';
import { requirePictureName, writePicture } from '../chain/picture-file.ts';
import { MODEL_ENDINGS, readModel, sceneOf } from '../chain/scene-file.ts';
import { traceFrames } from '../chain/trace.ts';
import { cameraOf, viewOf } from '../chain/views.ts';
import { type Command, defineCommand } from '../command.ts';
import { choice, decimal, exposure, flag, ifGiven, integer, seed, size, textOr } from '../option.ts';
import { count, formatBytes } from '../table.ts';

export const render: Command = defineCommand({
    operands: 'MODEL',
    operandCount: [1, 1],
    description:
        `Path-traces a model (${MODEL_ENDINGS.map((ending) => `.${ending}`).join(', ')}) through its first camera, or through one that\n` +
        'sees all of it. A .png is tone-mapped; an .exr keeps the light as it is and every layer: albedo, normal, depth, motion, instance, semantic.',
    options: {
        out: textOr('FILE', 'out.png', 'the picture: .png, .exr or .hdr', 'o'),
        spp: integer(1, 1_048_576, 64, 'samples a pixel'),
        size: size({ widthPx: 640, heightPx: 360 }, 'the picture'),
        camera: choice(['model', 'equirect'], 'model', "the model's camera, or all directions from where it stands"),
        'lens-radius': decimal(0, 10, 0, 'radius of the aperture, metres; 0: everything is sharp'),
        focus: decimal(0, 1e6, 0, "distance that is sharp, metres; 0: that of the scene's middle"),
        bounces: integer(1, 64, 4, 'scatterings that a path may have'),
        sky: ifGiven(decimal(2, 10, DAYLIGHT_DEFAULTS.sky, 'daylight of this turbidity: 2 mountain air, 10 fog')),
        sun: ifGiven(decimal(0.5, 90, DAYLIGHT_DEFAULTS.sun, 'elevation of the sun, degrees; brings the sky with it')),
        azimuth: ifGiven(decimal(-360, 360, DAYLIGHT_DEFAULTS.azimuth, 'its azimuth, degrees clockwise from -z')),
        denoise: flag('smooth the noise away: a better look at few samples, at the cost of fine shadows'),
        tonemap: choice(TONE_MAPPERS, 'aces', 'curve from light to screen, for .png'),
        exposure: exposure(),
        seed: seed()
    },
    examples: [
        ['mixreel render model.glb --spp 64 -o out.png', 'a picture'],
        ['mixreel render model.glb --sky 3 --sun 25', 'outdoors, the sun 25 degrees up'],
        ['mixreel render model.glb --size 1280x720 --spp 256 -o out.exr', 'light and layers, for compositing'],
        ['mixreel render room.glb --camera equirect --size 2048x1024 -o sky.hdr', 'everything around the camera'],
        ['mixreel render model.glb --lens-radius 0.02 --focus 1.5', 'a shallow depth of field']
    ],
    async run([path = ''], options, context) {
        requirePictureName(options.out);
        const model = await readModel(path, context.progress);
        const daylight = daylightOf(options);
        const { scene, notes } = await sceneOf(model.document, daylight ?? model, context.progress);
        for (const note of [...model.notes, ...notes]) context.log(note);
        const { view: pinhole, own } = viewOf(scene, options.size.widthPx / options.size.heightPx);
        const view = cameraOf(scene, pinhole, {
            panorama: options.camera === 'equirect',
            radiusM: options['lens-radius'],
            focusM: options.focus
        });
        if (!own) context.log(`${path} has no camera: one that sees all of it is used`);
        const startNs = context.clock.nowNs();
        const device = await context.createDevice();
        try {
            const { frames, counters } = await traceFrames(device, scene, {
                size: options.size,
                spp: options.spp,
                bounces: options.bounces,
                shots: [{ view, timeNs: 0, seed: Rng.create(options.seed).stream('render', 0).uint32() }],
                progress: context.progress
            });
            const traced = frames[0] as Frame;
            const frame = options.denoise ? new Denoiser().next(traced) : traced;
            // A sky is to be seen: coverage, kept in an EXR, would make it transparent in a PNG.
            const sky = daylight !== null || model.environment !== null;
            const shown = sky && /\.png$/i.test(options.out) ? withoutCoverage(frame) : frame;
            const sizeBytes = await writePicture(options.out, shown, options.tonemap, options.exposure);
            const seconds = (context.clock.nowNs() - startNs) / 1e9;
            const { widthPx, heightPx } = options.size;
            return {
                text: `${options.out}: ${widthPx}x${heightPx}, ${options.spp} spp, ${count(scene.triangleCount, 'triangle')}, ${formatBytes(sizeBytes)}, ${seconds.toFixed(1)} s on ${device.info.description}`,
                json: {
                    out: options.out,
                    widthPx,
                    heightPx,
                    spp: options.spp,
                    triangles: scene.triangleCount,
                    bytes: sizeBytes,
                    seconds,
                    device: device.info,
                    counters: counters[0]
                }
            };
        } finally {
            device.destroy();
        }
    }
});

function withoutCoverage({ widthPx, heightPx, layers, view, timeNs }: Frame): Frame {
    const kept = [...layers].filter(([name]) => name !== 'alpha');
    return new Frame({ widthPx, heightPx, layers: Object.fromEntries(kept), view, timeNs });
}
