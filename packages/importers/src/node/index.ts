export { fileResolver, readGltfFile, readSceneFile, SCENE_ENDINGS } from './files.ts';
export { decodeWebp } from './webp.ts';
