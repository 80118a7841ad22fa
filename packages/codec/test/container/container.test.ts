import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/container/byte-stream.ts';
import {
    crc32c,
    decodeMxr,
    encodeMxr,
    FrameEncoder,
    inspectMxr,
    type MxrFrame,
    readMxr,
    readUnit,
    writeMxr,
    writeUnit
} from '../../src/index.ts';
import { clip, room } from '../helpers/synthetic.ts';

describe('CRC-32C', () => {
    it('has the check value of the catalogue and of RFC 3720', () => {
        expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
        expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
        expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
        expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    });

    it('agrees with the polynomial division bit by bit, on any part of any bytes', () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, from) => {
                let c = 0xffffffff;
                for (const byte of bytes.subarray(from)) {
                    c ^= byte;
                    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
                }
                expect(crc32c(bytes, Math.min(from, bytes.length))).toBe(~c >>> 0);
            })
        );
    });
});

describe('bytes', () => {
    it('carry varints up to 2^53 - 1 and signed numbers', () => {
        fc.assert(
            fc.property(fc.maxSafeNat(), fc.integer(), (value, signed) => {
                const out = new ByteWriter();
                out.varint(value);
                out.signed(signed);
                const input = new ByteReader(out.finish());
                expect(input.varint()).toBe(value);
                expect(input.signed()).toBe(signed);
                expect(input.left).toBe(0);
            })
        );
    });

    it('end in bad-input, never past their end', () => {
        expect(() => new ByteReader(new Uint8Array(3)).u32()).toThrow(/cut off/);
        expect(() => new ByteReader(new Uint8Array(20).fill(255)).varint()).toThrow(/53 bits/);
    });
});

describe('units', () => {
    const unit = {
        layer: 'texture' as const,
        importance: 5,
        intra: false,
        alpha: true,
        base: true,
        edges: false,
        shared: false,
        frameIndex: 123456,
        widthPx: 8192,
        heightPx: 17,
        first: 300,
        count: 2,
        parameter: 33,
        payload: Uint8Array.of(1, 2, 3, 4, 5)
    };

    it('come back as they were', () => {
        expect(readUnit(writeUnit(unit))).toEqual(unit);
    });

    it('have the bytes that FORMAT.md gives as its example', () => {
        expect(Buffer.from(writeUnit(unit)).toString('hex')).toBe(
            'd71356c0c4078040' + '11ac0202210102030405' + 'a6431b4a'
        );
    });

    it('are refused when any one bit is flipped or any end is cut off', () => {
        const bytes = writeUnit(unit);
        for (let bit = 0; bit < bytes.length * 8; bit++) {
            const copy = bytes.slice();
            copy[bit >> 3]! ^= 1 << (bit & 7);
            expect(readUnit(copy)).toBeNull();
        }
        for (let length = 0; length < bytes.length; length++) expect(readUnit(bytes.subarray(0, length))).toBeNull();
    });
});

describe('an .mxr file', () => {
    const frames: MxrFrame[] = [];
    const encoder = new FrameEncoder({ quality: 20, unitBytes: 200 });
    for (const frame of clip(2, { widthPx: 40, heightPx: 24 })) {
        frames.push({ timeNs: frame.timeNs, units: encoder.encode(frame).units });
    }
    const metadata = { title: 'a room', tags: ['x', 1, null] };
    const file = writeMxr({ metadata, frames });

    it('gives back metadata, times and units', () => {
        const read = readMxr(file);
        expect(read.metadata).toEqual(metadata);
        expect(read.frames).toEqual(frames);
        expect(read.damage).toEqual({ metadata: false, index: false, lostBytes: 0, units: 0 });
    });

    it('loses to a single flipped bit, wherever it is, at most the unit it is in, or says bad-input', () => {
        const units = frames.flatMap((frame) => frame.units).length;
        for (let bit = 0; bit < file.length * 8; bit++) {
            const copy = file.slice();
            copy[bit >> 3]! ^= 1 << (bit & 7);
            const read = readMxr(copy);
            const whole = read.frames.flatMap((frame) => frame.units).filter((unit) => readUnit(unit)).length;
            expect(whole).toBeGreaterThanOrEqual(units - 1);
            const { damage } = read;
            expect(damage.metadata || damage.index || damage.units > 0 || whole === units).toBe(true);
        }
    });

    it('is read as far as it goes when it is cut off anywhere', () => {
        for (let length = 0; length < file.length; length++) {
            const cut = file.subarray(0, length);
            let read: ReturnType<typeof readMxr>;
            try {
                read = readMxr(cut);
            } catch (error) {
                expect((error as { code: string }).code).toBe('bad-input');
                expect(length).toBeLessThan(60);
                continue;
            }
            expect(read.damage.index).toBe(true);
            expect(read.metadata).toEqual(metadata);
        }
    });

    it('says what it holds without decoding', () => {
        const summary = inspectMxr(file);
        expect(summary.frames.map((frame) => [frame.kind, frame.widthPx, frame.heightPx])).toEqual([
            ['intra', 40, 24],
            ['predicted', 40, 24]
        ]);
        expect(summary.layerBytes.structure).toBeGreaterThan(0);
        expect(summary.bytes).toBe(file.length);
    });

    it('round-trips through encodeMxr and decodeMxr', () => {
        const source = [room(), room({ time: 1 })];
        const decoded = decodeMxr(encodeMxr(source, { quality: 60 }, { room: 'x' }));
        expect(decoded.metadata).toEqual({ room: 'x' });
        expect(decoded.frames.map((frame) => frame.exact)).toEqual([true, true]);
        expect(decoded.frames[1]!.frame.timeNs).toBe(source[1]!.timeNs);
    });

    it('refuses what is no such file, and metadata that is too large', () => {
        expect(() => readMxr(new Uint8Array(100))).toThrow(/signature/);
        expect(() => writeMxr({ metadata: { x: 'y'.repeat(1 << 20) }, frames: [] })).toThrow(/beside the file/);
    });
});
