import { Document } from '@gltf-transform/core';
import { KHRMaterialsSpecular, KHRTextureTransform } from '@gltf-transform/extensions';
import { MixreelError } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { convertMaterial } from '../../src/scene/gltf-material.ts';
import { uvMatrix } from '../../src/tracer/pack-materials.ts';

const notes: string[] = [];
const reader = {
    note: (_kind: string, message: string) => void notes.push(message),
    texture: () => 3
};

function withExtras(mixreel: unknown) {
    const material = new Document().createMaterial('stuff').setBaseColorFactor([0.5, 0.25, 1, 1]);
    return convertMaterial(material.setExtras({ mixreel }).setRoughnessFactor(0.9), reader);
}

describe('a glTF material with extras.mixreel', () => {
    it('is the BSDF that the scene was written for', () => {
        expect(withExtras({ bsdf: 'diffuse' })).toMatchObject({ kind: 'diffuse', baseColor: [0.5, 0.25, 1] });
        const conductor = { bsdf: 'conductor', eta: [1, 2, 3], k: [4, 5, 6], specular: [1, 0.5, 1], alpha: 0.25 };
        expect(withExtras(conductor)).toMatchObject({
            kind: 'conductor',
            eta: [1, 2, 3],
            k: [4, 5, 6],
            specularColor: [1, 0.5, 1],
            roughness: 0.5
        });
        expect(withExtras({ bsdf: 'plastic', ior: 1.9, alpha: 0, nonlinear: true, specular: [1, 1, 1] })).toMatchObject(
            {
                kind: 'plastic',
                ior: 1.9,
                roughness: 0,
                nonlinear: true
            }
        );
        expect(withExtras({ bsdf: 'dielectric', ior: 1.3 })).toMatchObject({
            kind: 'dielectric',
            thin: false,
            ior: 1.3
        });
        expect(withExtras({ bsdf: 'thindielectric', ior: 1.3 })).toMatchObject({ kind: 'dielectric', thin: true });
    });

    it('is read as glTF if the extras say nothing of it', () => {
        for (const extras of [undefined, null, 7, {}, { note: 'hello' }]) {
            expect(withExtras(extras)).toMatchObject({ kind: 'gltf', roughness: 0.9 });
        }
    });

    it('says what it does not know or only approximates', () => {
        notes.length = 0;
        expect(withExtras({ bsdf: 'velvet' }).kind).toBe('gltf');
        withExtras({ bsdf: 'conductor', eta: [1, 1, 1], k: [1, 1, 1], distribution: 'beckmann' });
        expect(notes).toEqual([
            'extras.mixreel.bsdf "velvet" is not known: rendered as glTF says',
            'Beckmann microfacets are rendered as GGX of the same alpha'
        ]);
    });

    it.each([
        [{ bsdf: 'conductor', k: [1, 1, 1] }, /extras.mixreel.eta/],
        [{ bsdf: 'conductor', eta: [1, 1, -1], k: [1, 1, 1] }, /eta \[1,1,-1\]/],
        [{ bsdf: 'conductor', eta: [1, 1, 1], k: 'gold' }, /extras.mixreel.k "gold"/],
        [{ bsdf: 'plastic', ior: 0.5 }, /ior 0.5/],
        [{ bsdf: 'dielectric', alpha: '0' }, /alpha "0"/]
    ])('is refused where the extras are malformed: %j', (extras, message) => {
        expect(() => withExtras(extras)).toThrow(MixreelError);
        expect(() => withExtras(extras)).toThrow(message);
    });
});

describe('a glTF material', () => {
    it('takes strength and colour of KHR_materials_specular', () => {
        const document = new Document();
        const extension = document.createExtension(KHRMaterialsSpecular);
        const specular = extension.createSpecular().setSpecularFactor(0.5).setSpecularColorFactor([1, 2, 0]);
        const material = document.createMaterial().setExtension('KHR_materials_specular', specular);
        expect(convertMaterial(material, reader)).toMatchObject({ specular: 0.5, specularColor: [1, 2, 0] });
    });

    it('takes the transform of a texture, which scales, then turns, then moves', () => {
        const document = new Document();
        const transform = document
            .createExtension(KHRTextureTransform)
            .createTransform()
            .setOffset([0.5, 0.25])
            .setRotation(Math.PI / 2)
            .setScale([2, 3]);
        const material = document.createMaterial().setBaseColorTexture(document.createTexture());
        material.getBaseColorTextureInfo()!.setExtension('KHR_texture_transform', transform);
        const ref = convertMaterial(material, reader).textures!.baseColor!;
        expect(ref).toMatchObject({ texture: 3, transform: { offset: [0.5, 0.25], scale: [2, 3] } });
        const [a, b, c, d, e, f] = uvMatrix(ref.transform)!;
        // (1, 0) is scaled to (2, 0) and turned counter-clockwise, which is up the picture: towards -v.
        expect(a! + c!).toBeCloseTo(0.5, 12);
        expect(d! + f!).toBeCloseTo(-2 + 0.25, 12);
        expect(b! + c!).toBeCloseTo(3.5, 12);
        expect(e! + f!).toBeCloseTo(0.25, 12);
        expect(uvMatrix({ offset: [0, 0], rotationRad: 0, scale: [1, 1] })).toBeNull();
    });
});
