export {
    type CapturedObject,
    type CapturedOpening,
    type CaptureOptions,
    type RoomCapture,
    readCapture
} from './capture/read-capture.ts';
export { CAPTURE_LIMITS, type TriangleMesh } from './capture/spatial-entity.ts';
export { buildMesh, CATALOGUE, furnitureClass, type MeshOptions } from './catalogue/catalogue.ts';
export type { FurnitureClass, LegStyle, Shape, SizeRange, Surface } from './catalogue/furniture-class.ts';
export { CERTIFICATE_TOLERANCES, type Certificate, certify } from './certificate/certificate.ts';
export type { Violation } from './certificate/violation.ts';
export type { WalkReport } from './certificate/walkability.ts';
export { type GenerateOptions, generateFromCapture } from './generators/capture-generator.ts';
export { drawPlan, generateHouse, type HouseOptions, type RoomRequest } from './generators/house-grammar.ts';
export {
    type FloorPlan,
    generateFromPlan,
    graphOfPlan,
    type PlannedOpening,
    type PlannedRoom,
    type PlanOptions
} from './generators/plan-generator.ts';
export type { CertifiedScene } from './generators/repair.ts';
export {
    DOCUMENT_DEFAULTS,
    type DocumentOptions,
    documentFromGraph,
    glbFromGraph,
    sceneIo,
    semanticClasses
} from './gltf/document-from-graph.ts';
export { graphFromDocument, graphFromGlb } from './gltf/graph-from-document.ts';
export { GRAPH_LIMITS, readGraph } from './graph/read-graph.ts';
export type {
    Dimensions,
    Dropped,
    Floor,
    KeepOut,
    NodeGroup,
    Opening,
    PlanPoint,
    Pose,
    Provenance,
    Relation,
    RelationType,
    Room,
    RoomType,
    SceneGraph,
    SceneNode,
    Support,
    Viewpoint,
    WalkableArea,
    Wall
} from './graph/scene-graph.ts';
export { MeshBuilder, type MeshPart, type Placement } from './mesh/mesh-builder.ts';
export { STYLE_NAMES, type Style, type StyleMaterial, styleNamed, type TextureName } from './style/style.ts';
