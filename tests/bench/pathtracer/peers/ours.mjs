/** Our tracer in the page; its picture is drawn as the peers draw theirs: linear radiance, cut at 1, as sRGB. */
import { createBrowserDevice } from '@mixreel/gpu';
import { createScene, PathTracer, perspectiveView, quadMesh } from '@mixreel/pathtracer';
import { withEveryMaterial } from '../every-material.mjs';

function sceneOf({ meshes, camera, light }) {
    const [low, high] = [meshes.length, meshes.length];
    return createScene({
        meshes: [
            ...meshes.map(({ positions, normals, indices }) => ({
                positions: Float32Array.from(positions),
                indices: Uint32Array.from(indices),
                ...(normals ? { normals: Float32Array.from(normals) } : {})
            })),
            quadMesh(light.corner, light.a, light.b)
        ],
        // Two-sided as the peers' are made, so that back faces shade alike.
        materials: [
            ...meshes.map(({ color }) => ({
                kind: 'gltf',
                baseColor: color,
                metallic: 0,
                roughness: 1,
                doubleSided: true
            })),
            { kind: 'gltf', baseColor: [0, 0, 0], metallic: 0, roughness: 1, emission: light.radiance }
        ],
        instances: [
            ...meshes.map((_, mesh) => ({
                mesh,
                material: mesh,
                transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
            })),
            { mesh: low, material: high, transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }
        ],
        view: perspectiveView(camera)
    });
}

export async function prepare({ canvas, description, widthPx, heightPx, bounces, mode, full }) {
    const device = await createBrowserDevice();
    const scene = full ? withEveryMaterial(sceneOf(description)) : sceneOf(description);
    const tracer = await PathTracer.create(device, scene, { mode, maxBounces: bounces, rouletteStart: 64 });
    tracer.setView(scene.view, { widthPx, heightPx });
    return {
        samples: async () => tracer.samples,
        // As many samples a call as a person would ask for at this size.
        advance: () => tracer.render({ spp: Math.max(1, Math.round(65536 / (widthPx * heightPx))) }),
        async picture() {
            const color = (await tracer.readFrame()).layer('color');
            const n = widthPx * heightPx;
            const image = new ImageData(widthPx, heightPx);
            for (let i = 0; i < n; i++) {
                for (let c = 0; c < 3; c++) {
                    const x = Math.min(1, color[c * n + i]);
                    image.data[i * 4 + c] = 255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055) + 0.5;
                }
                image.data[i * 4 + 3] = 255;
            }
            canvas.getContext('2d').putImageData(image, 0, 0);
            return canvas.toDataURL('image/png');
        }
    };
}
