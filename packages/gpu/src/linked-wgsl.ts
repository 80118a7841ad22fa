/**
 * A kernel's WGSL after its modules were linked at build, and the way back from a place in the linked text to the module a
 * person wrote. The map is a source map version 3, so browsers' tools can read it too.
 */
import { decode } from '@jridgewell/sourcemap-codec';

/** The parts of a source map version 3 (ECMA-426) that are used here. */
export interface WgslSourceMap {
    readonly version: 3;
    /** Paths of the modules from the root of the repository: `shaders/pathtracer/intersect.wgsl`. */
    readonly sources: readonly string[];
    /** Base64 VLQ segments, `;` between the lines of the linked text. */
    readonly mappings: string;
}

/** What `link-wgsl` makes of one kernel and one variant. */
export interface LinkedWgsl {
    /** `<folder>/<kernel>` or `<folder>/<kernel>:<variant>`. */
    readonly label: string;
    /** Plain WGSL. */
    readonly code: string;
    readonly sourceMap: WgslSourceMap;
}

/** A place in a WGSL module. */
export interface WgslPlace {
    readonly file: string;
    /** From 1. */
    readonly line: number;
    /** From 1. */
    readonly column: number;
}

/**
 * Where a place of the linked text was written.
 *
 * @param linked - The linked kernel.
 * @param line - Line of the linked text, from 1.
 * @param column - Column of the linked text, from 1.
 * @returns The place in the module, or null if the linker itself wrote that text.
 */
export function placeInModule(linked: LinkedWgsl, line: number, column: number): WgslPlace | null {
    const segments = decode(linked.sourceMap.mappings)[line - 1];
    if (!segments) return null;
    let found: readonly number[] | null = null;
    for (const segment of segments) {
        if (segment.length < 4) continue;
        if (found !== null && segment[0] > column - 1) break;
        found = segment;
    }
    if (found === null) return null;
    const [start, source, sourceLine, sourceColumn] = found as [number, number, number, number];
    const file = linked.sourceMap.sources[source];
    if (file === undefined) return null;
    return { file, line: sourceLine + 1, column: sourceColumn + Math.max(0, column - 1 - start) + 1 };
}
