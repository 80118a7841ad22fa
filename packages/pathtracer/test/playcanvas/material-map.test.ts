/** Where the engine looks a texture up, and which texels of it. A texture is given by the few members that are read of it. */
import {
    ADDRESS_CLAMP_TO_EDGE,
    ADDRESS_REPEAT,
    PIXELFORMAT_RGBA8,
    StandardMaterial,
    type Texture,
    Vec2
} from 'playcanvas';
import { describe, expect, it } from 'vitest';
import { EventLog } from '../../src/playcanvas/events.ts';
import { materialOf } from '../../src/playcanvas/material-data.ts';
import { mapOf } from '../../src/playcanvas/material-map.ts';
import { TextureTable } from '../../src/playcanvas/texture-data.ts';
import { transformMatrix } from './transform-matrix.ts';

const picture = (name: string, texels: number[], width = 1): Texture =>
    ({
        name,
        width,
        height: texels.length / 4 / width,
        format: PIXELFORMAT_RGBA8,
        addressU: ADDRESS_REPEAT,
        addressV: ADDRESS_CLAMP_TO_EDGE,
        upload: () => {},
        read: async () => Uint8Array.from(texels)
    }) as unknown as Texture;

describe("a map of the engine's", () => {
    it.each([
        [2, 3, 0, 0, 0],
        [1, 1, 0.25, 0.5, 0],
        [1, 1, 0, 0, 30],
        [2, 0.5, -0.25, 0.125, -70]
    ])('tiled %f x %f, moved by %f, %f, turned by %f degrees is looked up where the engine does', (...place) => {
        const [tx, ty, ox, oy, rotation] = place;
        const material = new StandardMaterial();
        material.diffuseMap = picture('tiles', [1, 2, 3, 4]);
        material.diffuseMapTiling = new Vec2(tx, ty);
        material.diffuseMapOffset = new Vec2(ox, oy);
        material.diffuseMapRotation = rotation;
        const found = transformMatrix(mapOf(material, 'diffuse')!.transform!);
        // What the engine gives its shaders: two rows of a 2 x 3 matrix.
        const transforms = material as unknown as {
            _mapTransforms: { update(m: StandardMaterial): void; _values: Map<string, Float32Array> };
        };
        transforms._mapTransforms.update(material);
        const engine = transforms._mapTransforms._values.get('diffuse')!;
        // Singles on the engine's side.
        for (const [i, value] of found.entries()) expect(value).toBeCloseTo(engine[i]!, 6);
    });

    it('that is neither tiled nor moved has no transform', () => {
        const material = new StandardMaterial();
        material.glossMap = picture('gloss', [1, 2, 3, 4]);
        expect(mapOf(material, 'gloss')).toEqual({ texture: material.glossMap, channel: 'g', uvSet: 0 });
        expect(mapOf(material, 'normal')).toBeNull();
    });

    it('of opacity gives the alpha of the base colour, from any channel of any texture; without one alpha is 1', async () => {
        const material = new StandardMaterial();
        material.alphaTest = 0.5;
        material.diffuseMap = picture('color', [1, 2, 3, 4, 5, 6, 7, 8], 2);
        const textures = new TextureTable(new EventLog());
        await materialOf(material, textures, new EventLog());
        expect([...textures.textures[0]!.data]).toEqual([1, 2, 3, 255, 5, 6, 7, 255]);
        material.opacityMap = picture('holes', [10, 20, 30, 40]);
        material.opacityMapChannel = 'g';
        await materialOf(material, textures, new EventLog());
        expect([...textures.textures[1]!.data]).toEqual([1, 2, 3, 20, 5, 6, 7, 20]);
        material.opacityMap = material.diffuseMap;
        material.opacityMapChannel = 'a';
        await materialOf(material, textures, new EventLog());
        expect([...textures.textures[2]!.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it('wraps as the engine does, and tells where two of one material are tiled differently', async () => {
        const material = new StandardMaterial();
        material.useMetalness = true;
        material.glossMap = picture('gloss', [1, 2, 3, 4]);
        material.metalnessMap = picture('metal', [1, 2, 3, 4]);
        material.metalnessMapTiling = new Vec2(2, 2);
        const log = new EventLog();
        const found = await materialOf(material, new TextureTable(log), log);
        expect(found.textures!.metallicRoughness).toEqual({ texture: 0, wrapU: 'repeat', wrapV: 'clamp' });
        expect(log.list().map(({ message }) => message)).toEqual([
            'maps with "gloss" are tiled each in its own way: all as that one'
        ]);
    });
});
