/** What every importer but glTF's own gives: a document, what was lost on the way, and the environment that glTF cannot hold. */
import type { Document } from '@gltf-transform/core';
import type { Progress } from '@mixreel/core';
import type { GltfLimits } from '../checked-gltf.ts';
import type { Resolver } from '../gltf-read.ts';
import type { ConversionReport } from './report.ts';

/** Light from all around, in the world of the document. */
export interface EnvironmentMap {
    /** Equirectangular: u = atan2(z, x) / 2 pi + 1/2, v = 0 at +y. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** 3 floats a pixel, linear radiance, rows top to bottom. */
    readonly data: Float32Array;
}

export interface ImportedScene {
    readonly document: Document;
    readonly report: ConversionReport;
    readonly environment?: EnvironmentMap;
}

/** Options of the scene importers. */
export interface ImportOptions extends Partial<GltfLimits> {
    /** Gives files by the relative name in the scene. */
    readonly resolve?: Resolver;
    /** Names to use instead of those in the scene: `{ 'textures/a.tga': 'textures/a.jpg' }`. */
    readonly rename?: Readonly<Record<string, string>>;
    /** Size of the picture to take instead of the scene's own; the field of view follows the scene's rules for it. */
    readonly film?: { readonly widthPx: number; readonly heightPx: number };
    readonly progress?: Progress;
}
