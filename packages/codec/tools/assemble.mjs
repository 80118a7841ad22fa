// Makes modules of what is not TypeScript, so that there is no file to fetch, neither in Node nor in a browser: src/generator/kernels.wat is assembled to
// src/generated/kernels.ts, the weights models/*.mxg become src/generated/*-weights.ts.
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

for (const name of ['texture', 'concept']) {
    const weights = readFileSync(new URL(`../models/${name}.mxg`, import.meta.url));
    writeFileSync(
        new URL(`${name}-weights.ts`, folder),
        `// Made from models/${name}.mxg by tools/assemble.mjs. Do not edit.\n/** Base64. */\nexport const ${name.toUpperCase()}_WEIGHTS: string = '${weights.toString('base64')}';\n`
    );
}
