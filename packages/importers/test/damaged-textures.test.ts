/** Pictures of a glTF document that are missing or cut short: the texture is named, and nothing of the picture is shown. */
import { Document } from '@gltf-transform/core';
import { writePng } from '@mixreel/image';
import { decodeTextures } from '@mixreel/importers';
import { describe, expect, it } from 'vitest';

const DATA = Uint8Array.from({ length: 8 * 8 * 4 }, (_, i) => (i * 37) % 256);
const PNG = writePng({ widthPx: 8, heightPx: 8, channels: 4, bitDepth: 8, data: DATA });
/** Start of image, quantisation and frame of 8 x 8, and then nothing. */
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xff, 0xd9);

function documentWith(image: Uint8Array | null, mimeType: string): Document {
    const document = new Document();
    document.createTexture('whole').setImage(PNG).setMimeType('image/png');
    const damaged = document.createTexture('tiles').setMimeType(mimeType);
    if (image) damaged.setImage(image);
    return document;
}

describe('a damaged picture', () => {
    it('is refused by the name of its texture, wherever a PNG was cut', () => {
        for (let length = 0; length < PNG.length; length += 5) {
            const document = documentWith(PNG.slice(0, length), 'image/png');
            expect(() => decodeTextures(document), `${length} bytes`).toThrow(
                expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('texture "tiles"') })
            );
        }
        expect(decodeTextures(documentWith(PNG, 'image/png')).size).toBe(2);
    });

    it.each<[string, Uint8Array | null, string]>([
        ['a JPEG without its data', JPEG, 'image/jpeg'],
        ['a JPEG that ends in its header', JPEG.slice(0, 8), 'image/jpeg'],
        ['bytes that are no picture', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 'image/png'],
        ['none at all', null, 'image/png']
    ])('is refused by the name of its texture: %s', (_, image, mimeType) => {
        expect(() => decodeTextures(documentWith(image, mimeType))).toThrow(
            expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('texture "tiles"') })
        );
    });
});
