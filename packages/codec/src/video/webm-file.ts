/**
 * A WebM (RFC 8794, RFC 9559) of one VP9 track: a cluster from each key frame, and cues before the clusters, so that players seek without reading to the end.
 * Our own: webm-muxer is no longer maintained, mediabunny is MPL-2.0, and what one track of simple blocks needs is this file. Times are whole milliseconds, as
 * players expect. Memory is the samples', once more when the file is put together.
 */
import { colourCodes } from './colour-codes.ts';

/** Nanoseconds in a tick, and ticks in a second. */
const TICK_NS = 1_000_000;
const TICKS = 1000;
/** A simple block's time is a signed 16 bit number after its cluster's. */
const LONGEST_CLUSTER = 32_767;

interface Cluster {
    readonly time: number;
    readonly blocks: Uint8Array[];
}

/** See the file comment. */
export class WebmFile {
    readonly #widthPx: number;
    readonly #heightPx: number;
    readonly #framesPerSecond: number;
    readonly #clusters: Cluster[] = [];
    #colours: VideoColorSpaceInit | undefined;
    #samples = 0;

    constructor(widthPx: number, heightPx: number, framesPerSecond: number) {
        this.#widthPx = widthPx;
        this.#heightPx = heightPx;
        this.#framesPerSecond = framesPerSecond;
    }

    /** A VP9 sample in the order of decoding, which is VP9's order of showing. The first is a key frame. */
    add(
        data: Uint8Array<ArrayBuffer>,
        timestampUs: number,
        isKey: boolean,
        config: VideoDecoderConfig | undefined
    ): void {
        this.#colours ??= config?.colorSpace;
        const time = Math.round((timestampUs * TICKS) / 1e6);
        let cluster = this.#clusters.at(-1);
        if (!cluster || isKey || time - cluster.time > LONGEST_CLUSTER) {
            cluster = { time, blocks: [] };
            this.#clusters.push(cluster);
        }
        const after = time - cluster.time;
        // Track 1; 0x80: a key frame.
        const head = Uint8Array.of(0x81, after >> 8, after & 255, isKey ? 0x80 : 0);
        cluster.blocks.push(element(0xa3, head, data));
        this.#samples++;
    }

    bytes(): ArrayBuffer {
        const clusters = this.#clusters.map(({ time, blocks }) => element(0x1f43b675, uint(0xe7, time), ...blocks));
        const before = joined([this.#info(), this.#tracks()]);
        // Positions are of a fixed width: the cues' length does not depend on them.
        let position = before.length + this.#cues(clusters.map(() => 0)).length;
        const positions = clusters.map(({ length }) => {
            position += length;
            return position - length;
        });
        return joined([header(), element(0x18538067, before, this.#cues(positions), ...clusters)]).buffer;
    }

    #info(): Uint8Array {
        const duration = new DataView(new ArrayBuffer(8));
        duration.setFloat64(0, (this.#samples * TICKS) / this.#framesPerSecond);
        return element(
            0x1549a966,
            uint(0x2ad7b1, TICK_NS),
            element(0x4489, new Uint8Array(duration.buffer)),
            text(0x4d80, 'mixreel'),
            text(0x5741, 'mixreel')
        );
    }

    #tracks(): Uint8Array {
        const { primaries, transfer, matrix, fullRange } = colourCodes(this.#colours);
        const colours = element(
            0x55b0,
            uint(0x55b1, matrix),
            uint(0x55b2, 8),
            uint(0x55b9, fullRange ? 2 : 1),
            uint(0x55ba, transfer),
            uint(0x55bb, primaries)
        );
        const entry = element(
            0xae,
            uint(0xd7, 1),
            uint(0x73c5, 1),
            uint(0x83, 1),
            uint(0x9c, 0),
            text(0x22b59c, 'und'),
            text(0x86, 'V_VP9'),
            uint(0x23e383, Math.round(1e9 / this.#framesPerSecond)),
            element(0xe0, uint(0xb0, this.#widthPx), uint(0xba, this.#heightPx), colours)
        );
        return element(0x1654ae6b, entry);
    }

    #cues(positions: readonly number[]): Uint8Array {
        const points = this.#clusters.map(({ time }, i) =>
            element(0xbb, uint(0xb3, time), element(0xb7, uint(0xf7, 1), uint(0xf1, positions[i]!, 8)))
        );
        return element(0x1c53bb6b, ...points);
    }
}

function header(): Uint8Array {
    return element(
        0x1a45dfa3,
        uint(0x4286, 1),
        uint(0x42f7, 1),
        uint(0x42f2, 4),
        uint(0x42f3, 8),
        text(0x4282, 'webm'),
        uint(0x4287, 4),
        uint(0x4285, 2)
    );
}

/** An id, the length of what follows in eight bytes, and that. */
function element(id: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const size = bigEndian(
        parts.reduce((sum, { length }) => sum + length, 0),
        8
    );
    size[0] = 1;
    return joined([bigEndian(id), size, ...parts]);
}

function uint(id: number, value: number, width?: number): Uint8Array {
    return element(id, bigEndian(value, width));
}

function text(id: number, ascii: string): Uint8Array {
    return element(id, new TextEncoder().encode(ascii));
}

/** Of `width` bytes, or as few as hold it. */
function bigEndian(value: number, width?: number): Uint8Array {
    const bytes: number[] = [];
    for (let rest = value; width === undefined ? rest > 0 || bytes.length === 0 : bytes.length < width; ) {
        bytes.unshift(rest % 256);
        rest = Math.floor(rest / 256);
    }
    return Uint8Array.from(bytes);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
        all.set(part, at);
        at += part.length;
    }
    return all;
}
