/**
 * webgpu-utils 2.1.1 names `Float16Array` in its module scope, and Node has that class only from version 24 on: without it
 * the import itself throws. A placeholder stands in while that module is evaluated; `float16-after.ts` takes it away again,
 * so that nobody's feature test sees it. 16-bit floats are not on any required path.
 */
class Float16Placeholder extends Uint16Array {}

if (!('Float16Array' in globalThis)) {
    Object.defineProperty(globalThis, 'Float16Array', { configurable: true, value: Float16Placeholder });
}
