/** What of the engine becomes an instance of the tracer's scene: a mesh instance, or an area light as a glowing mesh. */
import type { Material as EngineMaterial, GraphNode, LightComponent, MeshInstance } from 'playcanvas';
import type { Mat4 } from '../math/vector.ts';
import { areaLightTransform } from './light-data.ts';

/** See the file comment. */
export type Source = MeshInstance | LightComponent;

/** What a source's material is made of: an area light is its own. */
export type MaterialSource = EngineMaterial | LightComponent;

export function isMeshInstance(source: Source): source is MeshInstance {
    return 'mesh' in source;
}

export function isMaterial(source: MaterialSource): source is EngineMaterial {
    return !('entity' in source);
}

export function materialSource(source: Source): MaterialSource {
    return isMeshInstance(source) ? source.material! : source;
}

export function nodeOf(source: Source): GraphNode {
    return isMeshInstance(source) ? source.node : source.entity;
}

/** Object to world, column-major. */
export function transformOf(source: Source): Mat4 {
    return isMeshInstance(source) ? [...source.node.getWorldTransform().data] : areaLightTransform(source);
}
