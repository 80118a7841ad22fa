/** An MP4 of one video track, fragment after fragment, put together by mp4box. */
import { MixreelError } from '@mixreel/core';
import { Box, createFile, type ISOFile } from 'mp4box';
import { colourCodes } from './colour-codes.ts';

/** Ticks a second of the track. */
const TIMESCALE = 90_000;

/** See the file comment. */
export class Mp4File {
    readonly #file: ISOFile = createFile();
    readonly #widthPx: number;
    readonly #heightPx: number;
    readonly #frameTicks: number;
    #track = 0;
    #samples = 0;

    constructor(widthPx: number, heightPx: number, framesPerSecond: number) {
        this.#widthPx = widthPx;
        this.#heightPx = heightPx;
        this.#frameTicks = Math.round(TIMESCALE / framesPerSecond);
    }

    /** A sample in the order of decoding. The first must come with what a decoder is to be told. */
    add(
        data: Uint8Array<ArrayBuffer>,
        timestampUs: number,
        isKey: boolean,
        config: VideoDecoderConfig | undefined
    ): void {
        if (this.#track === 0) this.#track = this.#addTrack(config);
        const cts = Math.round((timestampUs * TIMESCALE) / 1e6);
        const dts = Math.min(cts, this.#samples * this.#frameTicks);
        this.#file.addSample(this.#track, data, { duration: this.#frameTicks, dts, cts, is_sync: isKey });
        this.#samples++;
    }

    bytes(): ArrayBuffer {
        return this.#file.getBuffer().buffer as ArrayBuffer;
    }

    #addTrack(config: VideoDecoderConfig | undefined): number {
        const common = {
            width: this.#widthPx,
            height: this.#heightPx,
            timescale: TIMESCALE,
            language: 'und',
            name: 'mixreel',
            brands: ['iso6', 'isom', 'mp41']
        };
        const avc = config?.codec.startsWith('avc1') && config.description;
        const id = avc
            ? this.#file.addTrack({ ...common, type: 'avc1', avcDecoderConfigRecord: copyOf(avc) })
            : this.#file.addTrack({ ...common, type: 'vp09', description: vpcC(config?.colorSpace) });
        if (config && id) return id;
        const what = 'the encoder did not say how its stream is to be decoded';
        throw new MixreelError('environment', { what, mend: 'Take another browser, or the other codec' });
    }
}

function copyOf(source: AllowSharedBufferSource): ArrayBuffer {
    const bytes = ArrayBuffer.isView(source)
        ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
        : new Uint8Array(source);
    return Uint8Array.from(bytes).buffer;
}

/** VP Codec ISO Media File Format Binding 1.0: version 1, profile 0, level 5.2, 8 bit, 4:2:0 collocated, colours as the encoder says, nothing to initialise. */
function vpcC(space: VideoColorSpaceInit | undefined): Box {
    const { primaries, transfer, matrix, fullRange } = colourCodes(space);
    const box = new Box();
    box.type = 'vpcC';
    const depth = (8 << 4) | (1 << 1) | (fullRange ? 1 : 0);
    box.data = Uint8Array.of(1, 0, 0, 0, 0, 52, depth, primaries, transfer, matrix, 0, 0);
    return box;
}
