/** Settings of the engine's StandardMaterial that change its own picture and that the tracer has nothing for: each is named. */
import {
    BLEND_NONE,
    BLEND_NORMAL,
    BLEND_PREMULTIPLIED,
    CULLFACE_FRONT,
    type Texture as EngineTexture,
    type StandardMaterial,
    TEXTURETYPE_SWIZZLEGGGR
} from 'playcanvas';
import type { EventLog } from './events.ts';
import { mapOf } from './material-map.ts';

/** Names each setting in an event. */
export function noteIgnored(material: StandardMaterial, log: EventLog): void {
    const m = material as StandardMaterial & Readonly<Record<'shadowCatcher', unknown>>;
    const has = (map: string): boolean => mapOf(material, map) !== null;
    const packed = (map: string): boolean => isPacked(mapOf(material, map)?.texture);
    const found: [boolean, string][] = [
        [has('specular') && !m.useMetalness, 'a specular map'],
        [has('light'), 'a light map (its light is traced)'],
        [has('ao'), 'an occlusion map (its shadows are traced)'],
        [has('height'), 'a height map'],
        [has('diffuseDetail') || has('normalDetail') || has('aoDetail'), 'a detail map'],
        [has('msdf'), 'a distance field'],
        [packed('normal') || packed('clearCoatNormal'), 'a normal map in two channels (taken as three)'],
        [Boolean(m.cubeMap || m.sphereMap || m.envAtlas), 'reflections of its own (what is there is reflected)'],
        [isOdd(m.blendType), 'a blend mode but normal (blended as normal)'],
        [m.cull === CULLFACE_FRONT, 'its fronts left out (both sides are shown)'],
        [m.useLighting !== m.useSkybox, 'light of lights or of the sky alone (it gets both)'],
        [m.shadowCatcher === true, 'a shadow to catch (it is shown itself)'],
        [hasChunks(material), 'shader chunks of its own']
    ];
    for (const [is, what] of found) if (is) log.add('unsupported', `material "${material.name}" has ${what}: ignored`);
}

/** Drawing a material makes it an empty set of chunks. */
function hasChunks(material: StandardMaterial): boolean {
    return (['wgsl', 'glsl'] as const).some((language) => material.getShaderChunks(language).size > 0);
}

/** As the engine's `isPackedNormalMap`, less a format that no browser makes. */
function isPacked(texture: EngineTexture | undefined): boolean {
    return texture?.type === TEXTURETYPE_SWIZZLEGGGR;
}

function isOdd(blendType: number): boolean {
    return blendType !== BLEND_NONE && blendType !== BLEND_NORMAL && blendType !== BLEND_PREMULTIPLIED;
}
