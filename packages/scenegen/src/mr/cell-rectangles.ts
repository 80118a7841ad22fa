/** Rectangles of cells: the largest one of marked cells, and few that cover all marked cells. */
import type { CellRect } from './scan-map.ts';

/**
 * The largest rectangle of marked cells no side of which is longer than `most`: heights of columns over each row and a stack
 * of rising ones (the largest rectangle under a histogram), O(cells). Null if no cell is marked.
 */
export function largestRectangle(marks: Uint8Array, columns: number, rows: number, most: number): CellRect | null {
    const heights = new Int32Array(columns + 1);
    const starts = new Int32Array(columns + 1);
    const tops = new Int32Array(columns + 1);
    let best: CellRect | null = null;
    let area = 0;
    for (let r = 0; r < rows; r++) {
        let depth = 0;
        for (let c = 0; c <= columns; c++) {
            const h = c < columns && marks[r * columns + c] === 1 ? Math.min(most, heights[c]! + 1) : 0;
            if (c < columns) heights[c] = h;
            let start = c;
            while (depth > 0 && tops[depth - 1]! >= h) {
                depth--;
                start = starts[depth]!;
                const width = Math.min(most, c - start);
                const high = tops[depth]!;
                if (width * high > area) {
                    area = width * high;
                    best = { c0: start, r0: r - high + 1, c1: start + width, r1: r + 1 };
                }
            }
            if (h > 0) {
                starts[depth] = start;
                tops[depth++] = h;
            }
        }
    }
    return best;
}

/**
 * Few disjoint rectangles that cover every marked cell of a range: the bounding box of each connected part (eight
 * neighbours, largest first), cut in two along its longer side until it is filled by more than `fill` and takes no cell of
 * an earlier one. A box may take unmarked cells, which is what keeps the number of boxes low on ragged scans.
 */
export function coverCells(
    range: CellRect,
    marked: (column: number, row: number) => boolean,
    fill: number
): CellRect[] {
    const [w, h] = [range.c1 - range.c0, range.r1 - range.r0];
    const marks = new Uint8Array(w * h);
    for (let i = 0; i < marks.length; i++) if (marked(range.c0 + (i % w), range.r0 + Math.floor(i / w))) marks[i] = 1;
    const taken = new Uint8Array(w * h);
    const out: CellRect[] = [];
    const cut = (cells: readonly number[]): void => {
        const rest = cells.filter((cell) => taken[cell] === 0);
        if (rest.length === 0) return;
        const box = boundsOf(rest, w);
        const area = (box.c1 - box.c0) * (box.r1 - box.r0);
        let free = true;
        for (let r = box.r0; r < box.r1 && free; r++)
            for (let c = box.c0; c < box.c1; c++) if (taken[r * w + c] === 1) free = false;
        if (free && rest.length >= fill * area) {
            for (let r = box.r0; r < box.r1; r++) taken.fill(1, r * w + box.c0, r * w + box.c1);
            const [c, r] = [range.c0, range.r0];
            out.push({ c0: box.c0 + c, r0: box.r0 + r, c1: box.c1 + c, r1: box.r1 + r });
            return;
        }
        const wide = box.c1 - box.c0 >= box.r1 - box.r0;
        const middle = wide ? (box.c0 + box.c1) / 2 : (box.r0 + box.r1) / 2;
        const first = (cell: number): boolean => (wide ? cell % w : Math.floor(cell / w)) < middle;
        cut(rest.filter(first));
        cut(rest.filter((cell) => !first(cell)));
    };
    const parts = partsOf(marks, w, h).sort((a, b) => b.length - a.length || a[0]! - b[0]!);
    for (const part of parts) cut(part);
    return out;
}

function boundsOf(cells: readonly number[], width: number): CellRect {
    const out = { c0: Infinity, r0: Infinity, c1: 0, r1: 0 };
    for (const cell of cells) {
        const [c, r] = [cell % width, Math.floor(cell / width)];
        out.c0 = Math.min(out.c0, c);
        out.r0 = Math.min(out.r0, r);
        out.c1 = Math.max(out.c1, c + 1);
        out.r1 = Math.max(out.r1, r + 1);
    }
    return out;
}

function partsOf(marks: Uint8Array, width: number, height: number): number[][] {
    const left = marks.slice();
    const out: number[][] = [];
    for (let start = 0; start < left.length; start++) {
        if (left[start] === 0) continue;
        const part = [start];
        left[start] = 0;
        for (let i = 0; i < part.length; i++) {
            const [c, r] = [part[i]! % width, Math.floor(part[i]! / width)];
            for (let k = 0; k < 9; k++) {
                const [nc, nr] = [c + (k % 3) - 1, r + Math.floor(k / 3) - 1];
                if (nc < 0 || nr < 0 || nc >= width || nr >= height || left[nr * width + nc] === 0) continue;
                left[nr * width + nc] = 0;
                part.push(nr * width + nc);
            }
        }
        out.push(part);
    }
    return out;
}
