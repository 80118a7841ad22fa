/**
 * A scene that also has every kind of material that the tracer knows, on no surface: textures, transparent by mask and by blend, every
 * extension, glass, conductors, plastic. Its kernels can leave nothing of the material model out, and its picture stays the same. What
 * is measured is what they cost hits that do not need them: in the streaming modes nearly nothing, since the queues of the other classes
 * stay empty; the megakernel cannot part them.
 */
export function withEveryMaterial(scene) {
    const texture = scene.textures.length;
    const grey = { widthPx: 1, heightPx: 1, data: Uint8Array.of(128, 128, 128, 128), srgb: false };
    const extensions = {
        specularColor: [0.9, 0.8, 0.7],
        clearcoat: 0.5,
        sheenColor: [0.5, 0.5, 0.5],
        sheenRoughness: 0.5,
        iridescence: 0.5,
        anisotropy: 0.5,
        diffuseTransmission: 0.5,
        transmission: 0.5,
        dispersion: 0.5,
        attenuation: { color: [0.5, 0.5, 0.5], distanceM: 1 }
    };
    const textures = (...names) => Object.fromEntries(names.map((name) => [name, { texture }]));
    return {
        ...scene,
        textures: [...scene.textures, grey],
        materials: [
            ...scene.materials,
            {
                kind: 'gltf',
                alphaMode: 'mask',
                textures: textures('baseColor', 'metallicRoughness', 'normal', 'emission')
            },
            { kind: 'gltf', alphaMode: 'blend', opacity: 0.5, ...extensions },
            {
                kind: 'gltf',
                textures: textures('clearcoat', 'sheenColor', 'anisotropy', 'transmission'),
                ...extensions
            },
            { kind: 'conductor', roughness: 0.3, beckmann: true },
            { kind: 'plastic', nonlinear: true },
            { kind: 'dielectric', ior: 1.5 }
        ]
    };
}
