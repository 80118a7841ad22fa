/** Optional peers: what is used of them is typed in tensor-models.ts, so that the codec builds without them. */
declare module '@tensorflow/tfjs-core';
declare module '@tensorflow/tfjs-converter';
declare module '@tensorflow/tfjs-backend-wasm';
