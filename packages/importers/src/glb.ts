/** The two containers of glTF 2.0: binary (GLB, section 4.4 of the specification) and plain JSON. */
import { badInput } from '@mixreel/core';

/** A glTF file taken apart. */
export interface GltfParts {
    /** The parsed JSON; nothing about it has been checked. */
    readonly json: unknown;
    /** The binary chunk of a GLB. */
    readonly binary?: Uint8Array<ArrayBuffer>;
}

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;
const REPAIR = 'Copy or export the file again; it is damaged or not glTF 2.0';

/** Splits a .glb, or parses a .gltf. Throws `bad-input` for truncated containers and broken JSON. */
export function parseContainer(bytes: Uint8Array): GltfParts {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 4 || view.getUint32(0, true) !== MAGIC) return { json: parseJson(bytes) };
    if (bytes.length < 20) throw badInput(`the GLB has ${bytes.length} bytes`, 'at least 20', REPAIR);
    const version = view.getUint32(4, true);
    if (version !== 2) throw badInput(`the GLB has version ${version}`, '2', 'Export it as glTF 2.0');
    const length = view.getUint32(8, true);
    if (length > bytes.length) throw badInput(`the GLB ends at byte ${bytes.length}`, `${length} bytes`, REPAIR);
    let json: unknown;
    let binary: Uint8Array<ArrayBuffer> | undefined;
    for (let at = 12, index = 0; at + 8 <= length; index++) {
        const sizeBytes = view.getUint32(at, true);
        const type = view.getUint32(at + 4, true);
        if (at + 8 + sizeBytes > length) {
            throw badInput(`chunk ${index} of the GLB has ${sizeBytes} bytes`, `at most ${length - at - 8}`, REPAIR);
        }
        const chunk = bytes.slice(at + 8, at + 8 + sizeBytes);
        if (index === 0) {
            if (type !== JSON_CHUNK) throw badInput('the first chunk of the GLB is not JSON', 'a JSON chunk', REPAIR);
            json = parseJson(chunk);
        } else if (type === BIN_CHUNK && !binary) binary = chunk as Uint8Array<ArrayBuffer>;
        at += 8 + sizeBytes;
    }
    if (json === undefined) throw badInput('the GLB has no chunks', 'a JSON chunk', REPAIR);
    return binary ? { json, binary } : { json };
}

function parseJson(bytes: Uint8Array): unknown {
    try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (cause) {
        throw badInput('the file is neither a GLB nor glTF JSON', 'one of them', REPAIR, cause);
    }
}
