/** Plain-text tables and figures for stdout. */

/** Columns as wide as their widest cell, the first aligned left, the others right. */
export function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
    const all = [columns, ...rows];
    const widths = columns.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
    return all
        .map((row) =>
            row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
        )
        .map((line) => line.trimEnd())
        .join('\n');
}

/** Nanoseconds as milliseconds with two decimals; a dash for null. */
export function formatMs(ns: number | null): string {
    return ns === null ? '-' : `${(ns / 1e6).toFixed(2)} ms`;
}

/** Bytes with a unit a person reads. */
export function formatBytes(bytes: number): string {
    if (bytes < 10_000) return `${bytes} bytes`;
    return bytes < 10_000_000 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `1 frame`, `2 frames`. */
export function count(n: number, noun: string, plural: string = `${noun}s`): string {
    return `${n} ${n === 1 ? noun : plural}`;
}
