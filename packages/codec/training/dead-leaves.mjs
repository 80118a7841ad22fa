/**
 * Dead leaves: shapes of a power law of sizes that hide each other, each with a texture and a shade of its own. The model (Matheron 1968; Lee, Mumford
 * and Huang 2001) has the edges and the scale invariance of photographs, and networks trained on it restore photographs nearly as well as those
 * trained on photographs (Achddou, Gousseau and Ladjal 2021). So pictures without limit that nobody owns. About 0.3 s for 256 x 256.
 */

/** Exponent of the sizes' density: r^-3 makes the picture look the same at every scale. */
const SMALLEST_RADIUS_PX = 3;

function lattice(x, y, salt) {
    let h = (Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ salt) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0;
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39) >>> 0;
    return ((h ^ (h >>> 15)) >>> 0) / 4294967296 - 0.5;
}

function valueNoise(x, y, salt) {
    const cx = Math.floor(x);
    const cy = Math.floor(y);
    const u = x - cx;
    const v = y - cy;
    const fx = u * u * (3 - 2 * u);
    const fy = v * v * (3 - 2 * v);
    const top = lattice(cx, cy, salt) * (1 - fx) + lattice(cx + 1, cy, salt) * fx;
    const bottom = lattice(cx, cy + 1, salt) * (1 - fx) + lattice(cx + 1, cy + 1, salt) * fx;
    return top * (1 - fy) + bottom * fy;
}

/** Octaves of value noise whose amplitude falls by `gain`: grass, bark, plaster, clouds. */
function fractal(x, y, salt, octaves, gain) {
    let sum = 0;
    let weight = 1;
    for (let i = 0; i < octaves; i++) {
        sum += weight * valueNoise(x, y, salt + i * 7919);
        weight *= gain;
        x *= 2.03;
        y *= 2.03;
    }
    return sum;
}

/** A texture: (x, y) in pixels to about -1..1. */
function textureOf(rng) {
    const salt = rng.uint32();
    const angle = rng.range(0, Math.PI);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const scale = Math.exp(rng.range(Math.log(0.02), Math.log(0.6)));
    const stretch = rng.chance(0.4) ? rng.range(2, 8) : 1;
    const gain = rng.range(0.45, 0.95);
    const grain = (x, y) => 1.6 * fractal((c * x + s * y) * scale, ((c * y - s * x) * scale) / stretch, salt, 4, gain);
    switch (rng.pickWeighted([25, 45, 12, 8, 10])) {
        case 0:
            return () => 0;
        case 1:
            return grain;
        case 2: {
            // Stripes that bend: wood, cloth, blinds.
            const bend = rng.range(0, 3);
            const sharp = rng.range(1, 6);
            return (x, y) => {
                const wave = Math.sin((c * x + s * y) * scale * 4 + bend * valueNoise(x * 0.03, y * 0.03, salt) * 6);
                return Math.max(-1, Math.min(1, sharp * wave)) * 0.6 + 0.4 * grain(x, y);
            };
        }
        case 3: {
            // Bricks and tiles.
            const width = rng.range(8, 40);
            const height = width / rng.range(1, 3);
            return (x, y) => {
                const v = (c * y - s * x) / height;
                const u = (c * x + s * y) / width + (Math.floor(v) & 1) * 0.5;
                const joint = u - Math.floor(u) < 0.08 || v - Math.floor(v) < 0.1;
                return joint ? -0.9 : 0.5 * lattice(Math.floor(u), Math.floor(v), salt) + 0.5 * grain(x, y);
            };
        }
        default: {
            // Leaves and pebbles: noise with creases and sharp light.
            const sharp = rng.range(2, 5);
            return (x, y) => {
                const n = fractal((c * x + s * y) * scale, ((c * y - s * x) * scale) / stretch, salt, 4, gain);
                return 1 - sharp * Math.abs(n);
            };
        }
    }
}

/** Where a leaf is: inside(x, y). */
function shapeOf(rng, radius, centreX, centreY) {
    const angle = rng.range(0, Math.PI);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const aspect = rng.chance(0.3) ? rng.range(0.1, 0.5) : rng.range(0.5, 1);
    const wobble = rng.chance(0.35) ? rng.range(0.1, 0.5) : 0;
    const salt = rng.uint32();
    const kind = rng.pickWeighted([45, 40, 15]);
    const corners = 3 + rng.integer(4);
    return (x, y) => {
        const dx = x - centreX;
        const dy = y - centreY;
        const u = (c * dx + s * dy) / radius;
        const v = (c * dy - s * dx) / (radius * aspect);
        const edge = wobble ? 1 + wobble * 2 * fractal(u * 2, v * 2, salt, 3, 0.6) : 1;
        if (kind === 0) return u * u + v * v < edge * edge;
        if (kind === 1) return Math.abs(u) < 0.8 * edge && Math.abs(v) < 0.8 * edge;
        const turn = (2 * Math.PI) / corners;
        const at = Math.atan2(v, u);
        return Math.hypot(u, v) * Math.cos(at - turn * Math.round(at / turn)) < 0.8 * edge;
    };
}

/** Colours of one picture are kin, as under one light: a few hues, saturation mostly low. */
function paletteOf(rng) {
    const hues = Array.from({ length: 1 + rng.integer(4) }, () => rng.range(0, 2 * Math.PI));
    const strength = rng.range(0.05, 0.5);
    return () => {
        const luma = 0.5 + 0.22 * rng.normal();
        const hue = rng.pick(hues) + 0.25 * rng.normal();
        const saturation = strength * rng.float() * Math.min(1, 4 * Math.max(0.1, luma * (1 - luma)));
        const u = saturation * Math.cos(hue);
        const v = saturation * Math.sin(hue);
        return [luma + u, luma - 0.4 * u - 0.3 * v, luma + v];
    };
}

/** One picture: planar floats in 0..1 (sRGB codes / 255), three planes. `rng`: a stream of @mixreel/core. */
export function deadLeaves(widthPx, heightPx, rng) {
    const size = widthPx * heightPx;
    const out = new Float32Array(3 * size);
    const free = new Uint8Array(size).fill(1);
    const color = paletteOf(rng);
    const largest = Math.max(widthPx, heightPx) * rng.range(0.3, 1);
    const smallest = SMALLEST_RADIUS_PX * Math.exp(rng.range(0, 1.5));
    const ramp = [rng.range(-0.15, 0.15) / widthPx, rng.range(-0.15, 0.15) / heightPx];
    let left = size;
    for (let leaf = 0; left > 0 && leaf < 3000; leaf++) {
        const last = leaf === 2999;
        // Inverse of the distribution function of r^-3 between smallest and largest.
        const a = 1 / (smallest * smallest);
        const radius = 1 / Math.sqrt(a - rng.float() * (a - 1 / (largest * largest)));
        const x0 = rng.range(-radius, widthPx + radius);
        const y0 = rng.range(-radius, heightPx + radius);
        const inside = shapeOf(rng, radius, x0, y0);
        const texture = textureOf(rng);
        const contrast = 0.3 * rng.float() ** 1.5;
        const base = color();
        const tint = color();
        const shade = [rng.range(-0.25, 0.25) / radius, rng.range(-0.25, 0.25) / radius];
        const reach = 2 * radius;
        const left0 = last ? 0 : Math.max(0, Math.floor(x0 - reach));
        const right = last ? widthPx : Math.min(widthPx, Math.ceil(x0 + reach));
        const bottom = last ? heightPx : Math.min(heightPx, Math.ceil(y0 + reach));
        for (let y = last ? 0 : Math.max(0, Math.floor(y0 - reach)); y < bottom; y++) {
            for (let x = left0; x < right; x++) {
                const i = y * widthPx + x;
                if (!free[i] || !(last || inside(x, y))) continue;
                free[i] = 0;
                left--;
                const t = texture(x, y);
                const light =
                    Math.max(-0.3, Math.min(0.3, shade[0] * (x - x0) + shade[1] * (y - y0))) +
                    ramp[0] * x +
                    ramp[1] * y;
                for (let p = 0; p < 3; p++) {
                    const paint = base[p] * (1 + light) + contrast * t * (0.7 + 0.6 * (tint[p] - 0.5));
                    out[p * size + i] = paint;
                }
            }
        }
    }
    // Optics and sensor: edges of a camera are never as sharp as computed ones.
    const blur = rng.range(0.1, 0.6);
    const noise = rng.chance(0.5) ? rng.range(0, 0.012) : 0;
    for (let p = 0; p < 3; p++) soften(out.subarray(p * size, (p + 1) * size), widthPx, heightPx, blur);
    for (let i = 0; i < out.length; i++) out[i] = Math.max(0, Math.min(1, out[i] + noise * rng.normal()));
    return out;
}

/** One pass of the kernel (b/4, 1 - b/2, b/4) each way. */
function soften(plane, widthPx, heightPx, b) {
    const row = new Float32Array(Math.max(widthPx, heightPx));
    const run = (start, step, count) => {
        for (let i = 0; i < count; i++) row[i] = plane[start + i * step];
        for (let i = 0; i < count; i++) {
            const before = row[Math.max(0, i - 1)];
            const after = row[Math.min(count - 1, i + 1)];
            plane[start + i * step] = (1 - b / 2) * row[i] + (b / 4) * (before + after);
        }
    };
    for (let y = 0; y < heightPx; y++) run(y * widthPx, 1, widthPx);
    for (let x = 0; x < widthPx; x++) run(x, widthPx, heightPx);
}
