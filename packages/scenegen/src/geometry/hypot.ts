/**
 * The length of a vector, by three roundings that IEEE 754 fixes: `Math.hypot` is left to the engine, guards against
 * overflow that metres never meet, and takes many times as long in V8.
 */
export const hypot = (x: number, y: number, z = 0): number => Math.sqrt(x * x + y * y + z * z);
