/**
 * A small room in code: floor, wall, a box that moves, with every layer a renderer would give. Integer hashes for the texture, so that the frames
 * are the same on every machine.
 */
import { Frame, type LayerName } from '@mixreel/image';

/** sRGB-like code (0..255) as linear light; coarse but the same everywhere: no power function. */
function linear(code: number): number {
    const v = Math.max(0, Math.min(255, code)) / 255;
    return v * v * (0.7 + 0.3 * v);
}

function hash(x: number, y: number): number {
    let h = (Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b)) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0;
    return ((h ^ (h >>> 12)) & 1023) / 1023;
}

/** Smooth value noise of period `period`. */
function noise(x: number, y: number, period: number): number {
    const cx = Math.floor(x / period);
    const cy = Math.floor(y / period);
    const fx = x / period - cx;
    const fy = y / period - cy;
    const top = hash(cx, cy) * (1 - fx) + hash(cx + 1, cy) * fx;
    const bottom = hash(cx, cy + 1) * (1 - fx) + hash(cx + 1, cy + 1) * fx;
    return top * (1 - fy) + bottom * fy;
}

export interface RoomOptions {
    readonly widthPx?: number;
    readonly heightPx?: number;
    /** Frames since the start; the box and the camera move with it. */
    readonly time?: number;
    readonly layers?: readonly LayerName[];
    /** Grain of a path tracer with few samples, grey levels. */
    readonly grain?: number;
}

/** Frame number `time` of the room. */
export function room(options: RoomOptions = {}): Frame {
    const { widthPx = 96, heightPx = 64, time = 0, grain = 0 } = options;
    const wanted = new Set<LayerName>(options.layers ?? []);
    const size = widthPx * heightPx;
    const color = new Float32Array(3 * size);
    const alpha = new Float32Array(size).fill(1);
    const instance = new Float32Array(size);
    const semantic = new Float32Array(size);
    const depth = new Float32Array(size);
    const motion = new Float32Array(2 * size);
    const boxX = 0.3 * widthPx + 1.5 * time;
    const boxY = 0.35 * heightPx + 0.5 * time;
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            const inBox = x >= boxX && x < boxX + 0.3 * widthPx && y >= boxY && y < boxY + 0.4 * heightPx;
            const onFloor = y > 0.7 * heightPx;
            const u = inBox ? x - boxX + 1000 : x + (onFloor ? 300 : 0);
            const v = inBox ? y - boxY : y;
            const shade = inBox ? 150 : onFloor ? 70 + y * 0.4 : 190 - 60 * (x / widthPx);
            const detail = (noise(u, v, 5) - 0.5) * (onFloor ? 50 : 16) + grain * (hash(x + 7919 * time, y) - 0.5);
            const code = shade + detail;
            color[i] = linear(code * (inBox ? 1 : 0.95));
            color[size + i] = linear(code * (inBox ? 0.45 : 0.9));
            color[2 * size + i] = linear(code * (inBox ? 0.3 : onFloor ? 0.6 : 0.85));
            alpha[i] = inBox ? 1 : Math.min(1, 0.25 + y / heightPx);
            instance[i] = inBox ? 3 : onFloor ? 2 : 1;
            semantic[i] = inBox ? 7 : onFloor ? 2 : 1;
            depth[i] = inBox ? 2 : onFloor ? 5 - (3 * y) / heightPx : 4;
            motion[i] = inBox && time > 0 ? 1.5 : 0;
            motion[size + i] = inBox && time > 0 ? 0.5 : 0;
        }
    }
    const all: Partial<Record<LayerName, Float32Array>> = { color, alpha, instance, semantic, depth, motion };
    const layers: Partial<Record<LayerName, Float32Array>> = { color };
    for (const name of wanted) {
        const data = all[name];
        if (data) layers[name] = data;
    }
    return new Frame({ widthPx, heightPx, layers, timeNs: time * 33_333_333 });
}

/** Frames 0 to count - 1. */
export function clip(count: number, options: RoomOptions = {}): Frame[] {
    return Array.from({ length: count }, (_, time) => room({ ...options, time }));
}

/** A room whose colour is textured albedo times smooth light with one shadow edge, as a renderer sees it; the camera moves sideways. */
export function litRoom(options: { widthPx?: number; heightPx?: number; time?: number; grain?: number } = {}): Frame {
    const { widthPx = 128, heightPx = 96, time = 0, grain = 0.02 } = options;
    const size = widthPx * heightPx;
    const color = new Float32Array(3 * size);
    const albedo = new Float32Array(3 * size);
    const normal = new Float32Array(3 * size);
    const depth = new Float32Array(size);
    const instance = new Float32Array(size);
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            const u = x + 2 * time;
            const inBox = u >= 60 && u < 95 && y >= 30 && y < 75;
            const onFloor = !inBox && y > 64;
            const paint = inBox ? noise(u, y, 3) : onFloor ? noise(u, y * 2, 4) : hash(u >> 3, y >> 3) * 0.4 + 0.3;
            const shadow = onFloor && u > 90 && u < 110 ? 0.35 : 1;
            const light = (inBox ? 0.7 : onFloor ? 0.9 : 0.5) * (1 - 0.4 * Math.abs(u / widthPx - 0.5)) * shadow;
            for (let c = 0; c < 3; c++) {
                const reflectance = (0.1 + 0.7 * paint) * (c === 0 || !inBox ? 1 : 0.4);
                albedo[c * size + i] = reflectance;
                color[c * size + i] =
                    reflectance * light * (1 - 0.1 * c) * (1 + grain * (hash(x + 31 * time, y * 3 + c) - 0.5));
            }
            normal[(inBox ? 0 : onFloor ? 1 : 2) * size + i] = 1;
            depth[i] = inBox ? 2 : onFloor ? 5 - (3 * y) / heightPx : 4;
            instance[i] = inBox ? 3 : onFloor ? 2 : 1;
        }
    }
    const layers = { color, albedo, normal, depth, instance };
    return new Frame({ widthPx, heightPx, layers, timeNs: time * 33_333_333 });
}

/**
 * Two white walls that meet in the middle of the picture, each at 45 degrees to the view, 64 x 64 pixels, 3 m away where they meet; 90 degrees of view.
 *
 * @param rotation - Of the camera, and with it of all that it sees.
 */
export function corner(rotation: readonly [number, number, number, number] = [0, 0, 0, 1]): Frame {
    const side = 64;
    const size = side * side;
    const [color, albedo] = [new Float32Array(3 * size).fill(0.5), new Float32Array(3 * size).fill(0.8)];
    const [normal, depth] = [new Float32Array(3 * size), new Float32Array(size)];
    const [qx, qy, qz, qw] = rotation;
    for (let i = 0; i < size; i++) {
        const u = ((i % side) + 0.5 - side / 2) / (side / 2);
        // On the wall z = 3 - |x| and on the ray x = u z.
        depth[i] = 3 / (1 + Math.abs(u));
        const n = [-Math.sign(u) * Math.SQRT1_2, 0, Math.SQRT1_2] as const;
        // v + 2 q x (q x v + w v)
        const t = [
            2 * (qy * n[2] - qz * n[1] + qw * n[0]),
            2 * (qz * n[0] - qx * n[2] + qw * n[1]),
            2 * (qx * n[1] - qy * n[0] + qw * n[2])
        ] as const;
        normal[i] = n[0] + qy * t[2] - qz * t[1];
        normal[size + i] = n[1] + qz * t[0] - qx * t[2];
        normal[2 * size + i] = n[2] + qx * t[1] - qy * t[0];
    }
    const projection = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, -1, 0, 0, -0.1, 0];
    const view = { eye: 'mono', position: [0, 0, 0], rotation, projection } as const;
    return new Frame({ widthPx: side, heightPx: side, layers: { color, albedo, normal, depth }, view });
}
