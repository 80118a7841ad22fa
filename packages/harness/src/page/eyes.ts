/** The two pictures of a stereo canvas: left half for the left eye, right half for the right. */
import { badInput } from '@mixreel/core';
import { cropFrame, Frame, type Rgba8Image } from '@mixreel/image';

type PagePicture = Frame | Rgba8Image;

/** Pictures with what is added to their names. Throws `bad-input` for a width that cannot be halved. */
export function eyesOf(picture: PagePicture, both: boolean | undefined): (readonly [string, PagePicture])[] {
    if (!both) return [['', picture]];
    const { widthPx, heightPx } = picture;
    if (widthPx % 2 === 1)
        throw badInput(`a picture of both eyes is ${widthPx} pixels wide`, 'an even number', 'Correct the size');
    const half = widthPx / 2;
    const part = (x: number): PagePicture =>
        picture instanceof Frame
            ? cropFrame(picture, x, 0, half, heightPx)
            : { widthPx: half, heightPx, data: cropRows(picture, x, half) };
    return [
        [' (left eye)', part(0)],
        [' (right eye)', part(half)]
    ];
}

function cropRows({ widthPx, heightPx, data }: Rgba8Image, x: number, width: number): Uint8Array {
    const cropped = new Uint8Array(4 * width * heightPx);
    for (let y = 0; y < heightPx; y++) {
        const from = 4 * (y * widthPx + x);
        cropped.set(data.subarray(from, from + 4 * width), 4 * y * width);
    }
    return cropped;
}
