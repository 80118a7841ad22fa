/** WebM files read by a plain reader of EBML (RFC 8794): nothing of the writer is used to read. */
import { describe, expect, it } from 'vitest';
import { encodeVideo } from '../../src/video/encode-video.ts';
import { WebmFile } from '../../src/video/webm-file.ts';

interface Element {
    readonly id: number;
    /** Of the id's first byte. */
    readonly at: number;
    readonly start: number;
    readonly data: Uint8Array;
}

function elements(bytes: Uint8Array): Element[] {
    const found: Element[] = [];
    for (let at = 0; at < bytes.length; ) {
        const idBytes = Math.clz32(bytes[at]!) - 23;
        let id = 0;
        for (let i = 0; i < idBytes; i++) id = id * 256 + bytes[at + i]!;
        const sizeBytes = Math.clz32(bytes[at + idBytes]!) - 23;
        let size = bytes[at + idBytes]! & ((1 << (8 - sizeBytes)) - 1);
        for (let i = 1; i < sizeBytes; i++) size = size * 256 + bytes[at + idBytes + i]!;
        const start = at + idBytes + sizeBytes;
        expect(start + size).toBeLessThanOrEqual(bytes.length);
        found.push({ id, at, start, data: bytes.subarray(start, start + size) });
        at = start + size;
    }
    return found;
}

function all(bytes: Uint8Array, ...path: readonly number[]): Uint8Array[] {
    return path.reduce(
        (level, id) => level.flatMap((data) => elements(data).flatMap((e) => (e.id === id ? [e.data] : []))),
        [bytes]
    );
}

function number(data: Uint8Array | undefined): number {
    return data!.reduce((sum, byte) => sum * 256 + byte, 0);
}

const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;

/** Seven samples at 20 a second, key frames where told. */
function film(keys: readonly number[]): Uint8Array {
    const file = new WebmFile(40, 30, 20);
    for (let i = 0; i < 7; i++) {
        file.add(Uint8Array.of(i, 200, i + 1), i * 50_000, keys.includes(i), {
            codec: 'vp09.00.10.08',
            colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix: 'smpte170m', fullRange: true }
        });
    }
    return new Uint8Array(file.bytes());
}

describe('a WebM', () => {
    it('holds every sample at its time, in clusters that begin with key frames', () => {
        const samples = all(film([0, 4]), SEGMENT, CLUSTER).map((cluster) => {
            const time = number(all(cluster, 0xe7)[0]);
            return all(cluster, 0xa3).map((block) => [
                time + new DataView(block.buffer, block.byteOffset).getInt16(1),
                block[3],
                ...block.subarray(4)
            ]);
        });
        expect(samples).toEqual([
            [0, 1, 2, 3].map((i) => [50 * i, i === 0 ? 0x80 : 0, i, 200, i + 1]),
            [4, 5, 6].map((i) => [50 * i, i === 4 ? 0x80 : 0, i, 200, i + 1])
        ]);
    });

    it('has cues that point to its clusters', () => {
        const segment = all(film([0, 2, 5]), SEGMENT)[0]!;
        const cues = all(segment, 0x1c53bb6b, 0xbb).map((point) => ({
            time: number(all(point, 0xb3)[0]),
            position: number(all(point, 0xb7, 0xf1)[0])
        }));
        const clusters = elements(segment).filter(({ id }) => id === CLUSTER);
        expect(cues).toEqual(clusters.map(({ at, data }) => ({ time: number(all(data, 0xe7)[0]), position: at })));
        expect(cues.map(({ time }) => time)).toEqual([0, 100, 250]);
    });

    it('says its size, duration, codec and colours', () => {
        const bytes = film([0]);
        expect(Buffer.from(all(bytes, 0x1a45dfa3, 0x4282)[0]!).toString()).toBe('webm');
        const duration = all(bytes, SEGMENT, 0x1549a966, 0x4489)[0]!;
        expect(new DataView(duration.buffer, duration.byteOffset).getFloat64(0)).toBe(350);
        const track = all(bytes, SEGMENT, 0x1654ae6b, 0xae)[0]!;
        expect(Buffer.from(all(track, 0x86)[0]!).toString()).toBe('V_VP9');
        expect([0xb0, 0xba].map((id) => number(all(track, 0xe0, id)[0]))).toEqual([40, 30]);
        // Matrix of BT.601, 8 bit, full range, transfer and primaries of BT.709.
        expect([0x55b1, 0x55b2, 0x55b9, 0x55ba, 0x55bb].map((id) => number(all(track, 0xe0, 0x55b0, id)[0]))).toEqual([
            6, 8, 2, 1, 1
        ]);
    });

    it('begins a cluster where a block’s time would not hold', () => {
        const file = new WebmFile(16, 16, 1);
        for (let i = 0; i < 40; i++) file.add(Uint8Array.of(i), i * 1e6, i === 0, undefined);
        const times = all(new Uint8Array(file.bytes()), SEGMENT, CLUSTER, 0xe7).map(number);
        expect(times).toEqual([0, 33_000]);
    });

    it('is refused for H.264, and other containers are', async () => {
        await expect(encodeVideo([], { container: 'webm', codec: 'h264' })).rejects.toThrow(/h264 for a WebM/);
        await expect(encodeVideo([], { container: 'avi' as 'mp4' })).rejects.toThrow(/container is avi/);
    });
});
