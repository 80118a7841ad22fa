// Assembles src/generator/kernels.wat to the bytes of a module in src/generated/kernels.ts: no file to fetch, neither in Node nor in a browser.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import createWabt from 'wabt';

const source = new URL('../src/generator/kernels.wat', import.meta.url);
const folder = new URL('../src/generated/', import.meta.url);
const wabt = await createWabt();
const parsed = wabt.parseWat('kernels.wat', readFileSync(source, 'utf8'), { simd: true });
parsed.resolveNames();
parsed.validate();
const { buffer } = parsed.toBinary({});
parsed.destroy();

mkdirSync(folder, { recursive: true });
writeFileSync(
    new URL('kernels.ts', folder),
    `// Made from src/generator/kernels.wat by tools/assemble.mjs. Do not edit.\nexport const KERNELS: Uint8Array<ArrayBuffer> = Uint8Array.from([${[...buffer]}]);\n`
);
