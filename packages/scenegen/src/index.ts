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
export {
    CATALOGUE_LIMITS,
    type CatalogueEntry,
    type CatalogueManifest,
    type ModelImage,
    type ModelMaterial,
    type ModelPart,
    readCatalogue,
    UserCatalogue,
    type UserModel
} from './catalogue/user-catalogue.ts';
export { CERTIFICATE_TOLERANCES, type Certificate, certify } from './certificate/certificate.ts';
export type { Violation } from './certificate/violation.ts';
export type { WalkReport } from './certificate/walkability.ts';
export { type BirdsEyeMap, birdsEye } from './city/birds-eye.ts';
export { BUILDING_GRAMMARS } from './city/building-grammars.ts';
export { CityMesh, CityPart } from './city/city-mesh.ts';
export { type CityBuilding, type CityOptions, type CityTile, CityWorld } from './city/city-tile.ts';
export type { DetailLevel, Mass, PlacedElement } from './city/derive-building.ts';
export { type CityDocumentOptions, type CityPiece, documentFromCity, glbFromCity } from './city/document-from-city.ts';
export { type RoadPattern, TILE } from './city/grow-roads.ts';
export type { Lot } from './city/lots.ts';
export {
    cityFromMap,
    MAP_LIMITS,
    type MapBuilding,
    type MappedCity,
    type MapRoad,
    readStreetMap,
    type StreetMap
} from './city/open-street-map.ts';
export type { RoadEdge, RoadFace, RoadGraph, RoadKind } from './city/road-graph.ts';
export type { Grammar, Query, Rule, Size, SplitPart } from './city/shape-grammar.ts';
export { GROUND_CLASSES, Terrain } from './city/terrain.ts';
export { type GenerateOptions, generateFromCapture } from './generators/capture-generator.ts';
export {
    drawPlan,
    generateHouse,
    type HouseOptions,
    type RoomGroup,
    type RoomRequest,
    type RoomTree
} from './generators/house-grammar.ts';
export {
    type FloorPlan,
    generateFromPlan,
    graphOfPlan,
    type PlannedKeepOut,
    type PlannedOpening,
    type PlannedRoom,
    type PlanOptions
} from './generators/plan-generator.ts';
export { type RegenerateOptions, regenerate } from './generators/regenerate.ts';
export type { CertifiedScene } from './generators/repair.ts';
export {
    DOCUMENT_DEFAULTS,
    type DocumentOptions,
    documentFromGraph,
    GLB_DEFAULTS,
    glbFromGraph,
    sceneIo,
    semanticClasses
} from './gltf/document-from-graph.ts';
export { graphFromDocument, graphFromGlb } from './gltf/graph-from-document.ts';
export { categoryDivergence } from './grammar/divergence.ts';
export {
    type Grammar as RoomGrammar,
    grammarOf,
    type Rule as RoomRule,
    type RulePlace,
    type Taste,
    withTaste
} from './grammar/grammar.ts';
export { INDOOR_GRAMMAR } from './grammar/indoor-grammar.ts';
export { type TunedGrammar, type TuningOptions, type TuningTarget, tuneGrammar } from './grammar/tune-grammar.ts';
export { GRAPH_LIMITS, readGraph } from './graph/read-graph.ts';
export type {
    Behaviour,
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
export {
    type ClassChoice,
    candidatesOf,
    chooseClasses,
    type FieldOptions,
    labelEnergy
} from './motion/choose-classes.ts';
export { type Contact, findContacts, type MotionContacts } from './motion/contacts.ts';
export {
    BODY_JOINTS,
    type BodyJoint,
    jointAt,
    MOTION_LIMITS,
    type MotionClip,
    readPoseTrack
} from './motion/motion-clip.ts';
export { generateFromMotion, type MotionOptions, type MotionScene } from './motion/motion-generator.ts';
export { readBvh } from './motion/read-bvh.ts';
export {
    type MotionLabel,
    type MotionStep,
    type SyntheticMotion,
    synthesizeMotion
} from './motion/synthesize-motion.ts';
export {
    type DetectedObstacle,
    type DreamOptions,
    type DreamStep,
    type DreamWalk,
    dreamWalk,
    inDream,
    obstaclesInDream
} from './mr/dream-walk.ts';
export { MixedRoom, type MixedUpdate, type RealChange } from './mr/mixed-room.ts';
export {
    type GainLimits,
    redirectedStep,
    STEINICKE_2010,
    type StepGains,
    type WalkerPose
} from './mr/redirected-walking.ts';
export { type RoamingOptions, RoamingWorld } from './mr/roaming-world.ts';
export { type CellRect, SCAN_CELL, ScanMap } from './mr/scan-map.ts';
export { type TouchPair, type TouchReport, touchReport } from './mr/touch-report.ts';
export { boxesOfNode, type Collider, type ColliderBox, collidersOf } from './physics/colliders.ts';
export { type NavigationOptions, type Recast, SceneNavigation } from './physics/navigation.ts';
export { type Rapier, type SettleOptions, type SettleReport, settle } from './physics/settle.ts';
export {
    type ArrangementPrior,
    arrangementDistance,
    arrangementTerm,
    hausdorffDistance,
    learnArrangement,
    type PairPrior,
    type RelativePose
} from './relation-graph/arrangement.ts';
export { type GraphPrior, learnGraphPrior, type RoomPrior } from './relation-graph/graph-prior.ts';
export {
    completeGraph,
    type PlannedThing,
    type RealisedGraph,
    type RelationGraph,
    realiseGraph,
    sampleGraph
} from './relation-graph/relation-graph.ts';
export { type Spot, type Suggestion, suggestClasses } from './relation-graph/suggest.ts';
export { type BoxLike, boxIoU, findObjects, type ScanSegment, type SegmentKind } from './scan/find-objects.ts';
export { behavioursOf, type Candidate, candidatesFor } from './scan/match-catalogue.ts';
export { type CloudOptions, type PlyScan, readPcd, readPly } from './scan/read-point-cloud.ts';
export { type DetectedMesh, type DetectedPlane, readDetected, readRoomPlan } from './scan/read-room-plan.ts';
export { checkPoints, pointsOfMesh, type ScanPoints } from './scan/scan-points.ts';
export { type ScanEvent, ScanSession } from './scan/scan-session.ts';
export { type ScanStructure, scanStructure } from './scan/scan-structure.ts';
export { Layout, type Wanted } from './solver/layout.ts';
export { type Move, type RefineOptions, refineLayout, type SoftTerm } from './solver/refinement.ts';
export { measureRelation, relationText, type Surroundings } from './solver/relation-measure.ts';
export { type SolverOptions, solveRelations } from './solver/relation-solver.ts';
export type { PlacementRequest } from './solver/request-candidates.ts';
export { STYLE_NAMES, type Style, type StyleMaterial, styleNamed, type TextureName } from './style/style.ts';
export { editByText } from './text/edit-by-text.ts';
export { type EditOptions, editScene, type SceneEdit } from './text/edit-scene.ts';
export { parseRequest, type RequestedRelation, type RequestedThing, type TextRequest } from './text/parse-request.ts';
export { SceneHistory } from './text/scene-history.ts';
export { readSceneRequest, SCENE_REQUEST_SCHEMA } from './text/scene-request.ts';
export { generateFromRequest, generateFromText, type TextOptions, type TextScene } from './text/text-generator.ts';
export { LONGEST_TEXT, vocabularySize } from './text/tokenize.ts';
