/** odiff on pictures in memory: its server process, given PNG files as bytes. Null, with the reason logged, where it has no binary. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePng } from '@mixreel/image';
import odiff from 'odiff-bin';

/** `{ count(a, b), close() }`: pixels that differ by more than `threshold`, antialiased ones apart. */
export async function openOdiff(threshold, log) {
    const server = new odiff.ODiffServer();
    const png = ({ widthPx, heightPx, data }) =>
        Buffer.from(writePng({ widthPx, heightPx, channels: 4, bitDepth: 8, data }, { level: 1 }));
    // It wants somewhere to draw the difference, although nobody looks.
    const drawn = join(tmpdir(), `mixreel-odiff-${process.pid}.png`);
    const count = async (a, b) => {
        const options = { threshold, antialiasing: true, timeout: 60_000 };
        const result = await server.compareBuffers(png(a), 'png', png(b), 'png', drawn, options);
        return result.match ? 0 : result.diffCount;
    };
    try {
        const dot = { widthPx: 1, heightPx: 1, data: new Uint8Array(4) };
        await count(dot, dot);
        return { count, close: () => server.stop() };
    } catch (error) {
        log(`odiff is not measured: ${error.message}`);
        server.stop();
        return null;
    }
}
