/** WebCodecs' names of colour spaces as the code points of ISO/IEC 23091-2, which MP4 and WebM both write. 2: not said. */

const PRIMARIES: Readonly<Record<string, number>> = { bt709: 1, bt470bg: 5, smpte170m: 6, bt2020: 9, smpte432: 12 };
const TRANSFER: Readonly<Record<string, number>> = {
    bt709: 1,
    smpte170m: 6,
    linear: 8,
    'iec61966-2-1': 13,
    pq: 16,
    hlg: 18
};
const MATRIX: Readonly<Record<string, number>> = { rgb: 0, bt709: 1, bt470bg: 5, smpte170m: 6, 'bt2020-ncl': 9 };

/** See the file comment. */
export interface ColourCodes {
    readonly primaries: number;
    readonly transfer: number;
    readonly matrix: number;
    readonly fullRange: boolean;
}

/** What an encoder says of its colours. */
export function colourCodes({ primaries, transfer, matrix, fullRange }: VideoColorSpaceInit = {}): ColourCodes {
    return {
        primaries: PRIMARIES[primaries ?? ''] ?? 2,
        transfer: TRANSFER[transfer ?? ''] ?? 2,
        matrix: MATRIX[matrix ?? ''] ?? 2,
        fullRange: fullRange ?? false
    };
}
