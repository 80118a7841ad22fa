export { fileResolver, readGltfFile } from './files.ts';
