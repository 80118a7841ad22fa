/** The scenes that other tests and benchmarks render, from their original files. Skipped without ../shared. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeTextures } from '@mixreel/importers';
import { readSceneFile } from '@mixreel/importers/node';
import { describe, expect, it } from 'vitest';

const SCENES = fileURLToPath(new URL('../../../../shared/scenes/', import.meta.url));
const present = existsSync(SCENES);

/** Triangles as placed, the lights' included. */
const ORIGINALS = {
    'cornell-box/scene.pbrt': 36,
    'staircase2/scene.xml': 30_911,
    'living-room/scene.xml': 143_163,
    'veach-ajar/scene.pbrt': 382_690
} as const;
/** The published textures lie there in another format. */
const rename = {
    'textures/landscape-with-a-lake.tga': 'textures/landscape-with-a-lake-full-res.jpg',
    'textures/Good Textures_005844.tga': 'textures/Good Textures_005844.jpg',
    'textures/cherry-wood-texture.tga': 'textures/cherry-wood-texture.jpg'
};

describe.skipIf(!present)('the scenes of ../shared (skipped where they are not)', () => {
    it.each(Object.entries(ORIGINALS))('%s loads with everything it names', async (file, triangles) => {
        const { document, report, environment } = await readSceneFile(`${SCENES}${file}`, { rename });
        let placed = 0;
        for (const node of document.getRoot().listNodes()) {
            for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
                placed += primitive.getIndices()!.getCount() / 3;
            }
        }
        // Rectangles and disks that are lights come on top.
        expect(placed).toBeGreaterThanOrEqual(triangles);
        expect(placed).toBeLessThan(triangles * 1.02 + 100);
        expect(document.getRoot().listCameras().length).toBe(1);
        expect(Boolean(environment)).toBe(file.startsWith('living-room'));
        expect(report.unsupported.filter(({ what }) => /texture|picture|mesh/.test(what))).toEqual([]);
    });

    it('the glTF models load, their pictures too but for WebP, which is said', async () => {
        const models = present ? readdirSync(`${SCENES}gltf`).filter((name) => name.endsWith('.glb')) : [];
        expect(models.length).toBe(10);
        for (const name of models) {
            const { document } = await readSceneFile(`${SCENES}gltf/${name}`);
            const heard: string[] = [];
            const decoded = decodeTextures(document, { unreadable: (message) => heard.push(message) });
            expect(decoded.size + heard.length, name).toBe(document.getRoot().listTextures().length);
            expect(heard.length > 0, name).toBe(name === 'cat.glb');
        }
    });
});
