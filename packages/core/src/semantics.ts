/**
 * How meaning travels inside a glTF file: scenegen writes it, pathtracer renders it into the semantic layer, codec codes it.
 * It sits in `extras.mixreel` of nodes (what a thing is) and of the scene (the class table).
 */

/** `node.extras.mixreel`. Applies to every mesh at or below the node, until a descendant has its own. */
export interface NodeSemantics {
    /** Id of the scene-graph node, unique in the scene. */
    readonly id: string;
    /** Class name: `sofa`, `wall`, `lamp`. */
    readonly class: string;
    /** Index into {@link SceneSemantics.classes}; the value of the semantic layer. 0 is "nothing". */
    readonly semanticId: number;
    /** True for a thing that stands in the real room, false for a virtual one. */
    readonly real: boolean;
    /**
     * On a node with a punctual light: true if the light stands in for the emission of the mesh above it, for viewers that
     * light nothing by emissive surfaces. A path tracer samples the surface and leaves this light out. Absent: false.
     */
    readonly emissionProxy?: boolean;
}

/** `scene.extras.mixreel`. */
export interface SceneSemantics {
    readonly version: 1;
    /** Class names by semantic id; entry 0 is `void`. */
    readonly classes: readonly string[];
}
