/**
 * Makes a device compile everything that kernels can leave out (shaders/pathtracer/variant.wgsl) into them, whatever the scene has:
 * textures, transparent triangles, an environment, the light tree, every material. The picture stays the same, to the bit. Instances
 * are the tree's layout, not the kernel's alone: ask for them by `geometry: 'instanced'`.
 */
const EVERYTHING = {
    OPAQUE: 0,
    PLAIN: 0,
    ENVIRONMENT: 1,
    MANY_LIGHTS: 1,
    EXTENDED: 1,
    REFLECTIVE: 1,
    REFRACTIVE: 1,
    FOREIGN: 1
};

/** Takes a device that has compiled no kernel of the tracer yet: it keeps those. */
export function withEveryTrait(device) {
    const { createKernel } = device;
    device.createKernel = (init) => {
        const named = Object.keys(init.constants ?? {}).filter((name) => name in EVERYTHING);
        const forced = Object.fromEntries(named.map((name) => [name, EVERYTHING[name]]));
        return createKernel.call(device, { ...init, constants: { ...init.constants, ...forced } });
    };
    return device;
}
