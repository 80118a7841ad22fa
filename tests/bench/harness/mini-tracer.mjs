/**
 * A small path tracer in plain JavaScript, so that the noise in these benchmarks is that of path tracing (skewed, heavy in
 * the tail, different in every pixel) on any machine, without a GPU: a closed room with an area light, two diffuse spheres
 * and, where it is asked for, a small one of 12 pixels. Next-event estimation, three bounces. About 1.5 million paths a second and core.
 */

const LIGHT = { y: 0.999, half: 0.3, radiance: 14 };
const SPHERES = [
    { x: -0.4, y: -0.6, z: -0.3, r: 0.4, color: [0.8, 0.8, 0.75] },
    { x: 0.45, y: -0.7, z: 0.25, r: 0.3, color: [0.35, 0.5, 0.85] }
];
/** A disc of 12 x 12 pixels at 256 x 256, wherever it hangs in its plane: 128 * 2.3 / (3.4 - z) pixels a unit. */
const SMALL = { z: 0.3, r: 0.063, color: [0.85, 0.3, 0.2] };

/** True where the small sphere would touch neither the walls nor another sphere. */
export function hasRoom(x, y) {
    const free = ({ x: sx, y: sy, z, r }) => Math.hypot(x - sx, y - sy, SMALL.z - z) > r + 1.5 * SMALL.r;
    return Math.max(Math.abs(x), Math.abs(y)) < 0.85 && SPHERES.every(free);
}

const rngOf = (seed) => {
    let a = seed >>> 0;
    return () => {
        a = (a + 0x6d2b79f5) | 0;
        let t = Math.imul(a ^ (a >>> 15), 1 | a);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
};

/**
 * Moments of `spp` samples of every pixel.
 *
 * @param small Where the small sphere hangs, `{ x, y }`; null: nowhere.
 * @returns {{ mean: Float32Array, m2: Float32Array }} planar RGB of size x size.
 */
export function renderBatch({ size, spp, seed, small }) {
    const spheres = small ? [...SPHERES, { ...SMALL, ...small }] : SPHERES;
    const random = rngOf(Math.imul(seed + 1, 0x9e3779b1));
    const n = size * size;
    const mean = new Float32Array(3 * n);
    const m2 = new Float32Array(3 * n);
    const hit = { t: 0, x: 0, y: 0, z: 0, nx: 0, ny: 0, nz: 0, color: SPHERES[0].color, light: false };
    const out = [0, 0, 0];
    for (let i = 0; i < n; i++) {
        const [px, py] = [i % size, Math.floor(i / size)];
        for (let s = 1; s <= spp; s++) {
            path(px, py, out);
            for (let c = 0; c < 3; c++) {
                const delta = out[c] - mean[c * n + i];
                mean[c * n + i] += delta / s;
                m2[c * n + i] += delta * (out[c] - mean[c * n + i]);
            }
        }
    }
    return { mean, m2 };

    function path(px, py, result) {
        result[0] = result[1] = result[2] = 0;
        let ox = 0;
        let oy = 0;
        let oz = 3.4;
        let dx = (2 * (px + random())) / size - 1;
        let dy = 1 - (2 * (py + random())) / size;
        let dz = -2.3;
        const l = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
        dx *= l;
        dy *= l;
        dz *= l;
        let r = 1;
        let g = 1;
        let b = 1;
        for (let bounce = 0; bounce < 4; bounce++) {
            if (!nearest(ox, oy, oz, dx, dy, dz)) return;
            if (hit.light) {
                if (bounce === 0) for (let c = 0; c < 3; c++) result[c] += LIGHT.radiance;
                return;
            }
            const x = hit.x;
            const y = hit.y;
            const z = hit.z;
            const nx = hit.nx;
            const ny = hit.ny;
            const nz = hit.nz;
            r *= hit.color[0];
            g *= hit.color[1];
            b *= hit.color[2];
            // Next-event estimation: a point on the light.
            const lx = (2 * random() - 1) * LIGHT.half - x;
            const ly = LIGHT.y - y;
            const lz = (2 * random() - 1) * LIGHT.half - z;
            const d2 = lx * lx + ly * ly + lz * lz;
            const d = Math.sqrt(d2);
            const cosine = (nx * lx + ny * ly + nz * lz) / d;
            if (
                cosine > 0 &&
                ly > 0 &&
                !blocked(x + 1e-4 * nx, y + 1e-4 * ny, z + 1e-4 * nz, lx / d, ly / d, lz / d, d - 2e-3)
            ) {
                const weight = (LIGHT.radiance * cosine * (ly / d) * 4 * LIGHT.half * LIGHT.half) / (d2 * Math.PI);
                result[0] += r * weight;
                result[1] += g * weight;
                result[2] += b * weight;
            }
            // Cosine-weighted direction: the normal plus a point on the unit sphere.
            const h = 2 * random() - 1;
            const phi = 2 * Math.PI * random();
            const w = Math.sqrt(1 - h * h);
            dx = nx + w * Math.cos(phi);
            dy = ny + w * Math.sin(phi);
            dz = nz + h;
            const m = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz || 1);
            dx *= m;
            dy *= m;
            dz *= m;
            ox = x + 1e-4 * nx;
            oy = y + 1e-4 * ny;
            oz = z + 1e-4 * nz;
        }
    }

    function nearestSphere(ox, oy, oz, dx, dy, dz, far) {
        let t = far;
        for (let k = 0; k < spheres.length; k++) {
            const s = spheres[k];
            const cx = ox - s.x;
            const cy = oy - s.y;
            const cz = oz - s.z;
            const b = cx * dx + cy * dy + cz * dz;
            const q = b * b - (cx * cx + cy * cy + cz * cz - s.r * s.r);
            if (q <= 0) continue;
            const u = -b - Math.sqrt(q);
            if (u > 1e-4 && u < t) {
                t = u;
                hit.color = s.color;
                hit.nx = (ox + u * dx - s.x) / s.r;
                hit.ny = (oy + u * dy - s.y) / s.r;
                hit.nz = (oz + u * dz - s.z) / s.r;
            }
        }
        return t;
    }

    function blocked(ox, oy, oz, dx, dy, dz, far) {
        for (let k = 0; k < spheres.length; k++) {
            const s = spheres[k];
            const cx = ox - s.x;
            const cy = oy - s.y;
            const cz = oz - s.z;
            const b = cx * dx + cy * dy + cz * dz;
            const q = b * b - (cx * cx + cy * cy + cz * cz - s.r * s.r);
            if (q <= 0) continue;
            const u = -b - Math.sqrt(q);
            if (u > 1e-4 && u < far) return true;
        }
        return false;
    }

    /** Walls at -1 and 1 (the front is open), then the spheres before them. */
    function nearest(ox, oy, oz, dx, dy, dz) {
        let t = Infinity;
        let axis = -1;
        const tx = dx > 0 ? (1 - ox) / dx : dx < 0 ? (-1 - ox) / dx : Infinity;
        const ty = dy > 0 ? (1 - oy) / dy : dy < 0 ? (-1 - oy) / dy : Infinity;
        const tz = dz < 0 ? (-1 - oz) / dz : Infinity;
        if (tx > 1e-4 && inside(oy + tx * dy) && inside(oz + tx * dz)) {
            t = tx;
            axis = 0;
        }
        if (ty > 1e-4 && ty < t && inside(ox + ty * dx) && inside(oz + ty * dz)) {
            t = ty;
            axis = 1;
        }
        if (tz > 1e-4 && tz < t && inside(ox + tz * dx) && inside(oy + tz * dy)) {
            t = tz;
            axis = 2;
        }
        const s = nearestSphere(ox, oy, oz, dx, dy, dz, t);
        hit.light = false;
        if (s === t && axis === -1) return false;
        if (s === t) {
            hit.nx = axis === 0 ? -Math.sign(dx) : 0;
            hit.ny = axis === 1 ? -Math.sign(dy) : 0;
            hit.nz = axis === 2 ? 1 : 0;
            hit.color = axis === 0 ? (dx < 0 ? RED : GREEN) : WHITE;
            hit.light =
                axis === 1 && dy > 0 && Math.abs(ox + t * dx) < LIGHT.half && Math.abs(oz + t * dz) < LIGHT.half;
        }
        hit.x = ox + s * dx;
        hit.y = oy + s * dy;
        hit.z = oz + s * dz;
        return true;
    }
}

const inside = (v) => v >= -1.0001 && v <= 1.0001;
const RED = [0.63, 0.065, 0.05];
const GREEN = [0.14, 0.45, 0.09];
const WHITE = [0.72, 0.71, 0.68];
