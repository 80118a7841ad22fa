import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

describe('the generators in a built page', () => {
    it('with the writer of glTF take less than 300 kB of compressed script', () => {
        const dist = join(import.meta.dirname, '..', 'dist');
        const page = join(dist, 'apps', 'scene-bytes', 'index.html');
        const sizes = new Map<string, number>();
        const visit = (file: string): void => {
            if (sizes.has(file)) return;
            const text = readFileSync(file, 'utf8');
            sizes.set(file, gzipSync(text, { level: 9 }).length);
            for (const [, path] of text.matchAll(/(?:from|import)\s*\(?\s*["'`](\.[^"'`]+\.js)["'`]/g))
                visit(join(dirname(file), path!));
        };
        for (const [, path] of readFileSync(page, 'utf8').matchAll(/src="([^"]+\.js)"/g))
            visit(join(dirname(page), path!));
        const sizeBytes = [...sizes.values()].reduce((sum, n) => sum + n, 0);
        // Measured 149 kB; a page without the generators would be under 50 kB.
        expect(sizeBytes).toBeLessThan(300_000);
        expect(sizeBytes).toBeGreaterThan(100_000);
    });
});
