export { type KernelManifest, type LinkedKernel, linkFolder, type ShaderManifest, writeLinked } from './link-wgsl.ts';
