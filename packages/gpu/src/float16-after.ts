/** Takes away the placeholder that `float16-before.ts` put up, if it did. */
const host = globalThis as { Float16Array?: { name: string } };

if (host.Float16Array?.name === 'Float16Placeholder') delete host.Float16Array;
