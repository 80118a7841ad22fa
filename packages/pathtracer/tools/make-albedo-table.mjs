/**
 * Makes src/bsdf/albedo-table.ts: what share of light microfacets reflect at their first scattering, by which the tracer gives
 * back what single scattering loses, and how much sheen takes from what is under it.
 *
 * node tools/make-albedo-table.mjs > src/bsdf/albedo-table.ts   (about 10 s)
 *
 * Axes: square root of the cosine, and roughness (square root of alpha), 32 values each, read bilinearly. GGX: 8192 points of the
 * Hammersley set over visible normals, where the weight is G2 / G1.
 * Sheen: 192 x 192 midpoints.
 */
const SIZE = 32;
const POINTS = 8192;
const SHEEN_MIN_ALPHA = 0.02;

function radicalInverse(i) {
    let [f, r] = [0.5, 0];
    for (; i > 0; i >>= 1, f /= 2) r += f * (i & 1);
    return r;
}
const points = Array.from({ length: POINTS }, (_, i) => [(i + 0.5) / POINTS, radicalInverse(i)]);

const lambdaGgx = (x, y, z, a) => (Math.sqrt(1 + (a * a * (x * x + y * y)) / (z * z)) - 1) / 2;

/** [E, B]: integral of D V cos, and of the same times (1 - cos)^5 of the facet (Schlick's weight of f90 - f0). */
function ggx(mu, alpha) {
    const s = Math.sqrt(1 - mu * mu);
    const length = Math.hypot(s * alpha, mu);
    const w = [(s * alpha) / length, 0, mu / length];
    const lo = lambdaGgx(s, 0, mu, alpha);
    let [e, b] = [0, 0];
    for (const [r0, r1] of points) {
        const phi = 2 * Math.PI * r0;
        const z = (1 - r1) * (1 + w[2]) - w[2];
        const q = Math.sqrt(Math.max(0, 1 - z * z));
        const h = [(q * Math.cos(phi) + w[0]) * alpha, q * Math.sin(phi) * alpha, Math.max(z + w[2], 1e-9)];
        const l = Math.hypot(...h);
        const c = (s * h[0] + mu * h[2]) / l;
        const i = [(2 * c * h[0]) / l - s, (2 * c * h[1]) / l, (2 * c * h[2]) / l - mu];
        if (i[2] <= 0) continue;
        const weight = (1 + lo) / (1 + lo + lambdaGgx(...i, alpha));
        e += weight;
        b += weight * (1 - c) ** 5;
    }
    return [e / POINTS, b / POINTS];
}

function lambdaSheen(c, alpha) {
    const t = (1 - alpha) ** 2;
    const mix = (p, q) => q + (p - q) * t;
    const l = (x) =>
        mix(25.3245, 21.5473) / (1 + mix(3.32435, 3.82987) * x ** mix(0.16801, 0.19823)) +
        mix(-1.27393, -1.9776) * x +
        mix(-4.85967, -4.32054);
    return c < 0.5 ? Math.exp(l(c)) : Math.exp(2 * l(0.5) - l(Math.max(1 - c, 1e-6)));
}

function sheen(mu, alpha) {
    const n = 192;
    const s = Math.sqrt(1 - mu * mu);
    const lo = lambdaSheen(mu, alpha);
    let sum = 0;
    for (let i = 0; i < n; i++) {
        // Denser towards grazing angles.
        const u = (i + 0.5) / n;
        const theta = (Math.PI / 2) * (1 - u * u);
        const [ci, si] = [Math.cos(theta), Math.sin(theta)];
        const li = lambdaSheen(ci, alpha);
        for (let j = 0; j < n; j++) {
            const phi = (Math.PI * (j + 0.5)) / n;
            const hz = (mu + ci) / Math.hypot(s + si * Math.cos(phi), si * Math.sin(phi), mu + ci);
            const d = ((2 + 1 / alpha) * Math.max(0, 1 - hz * hz) ** (0.5 / alpha)) / (2 * Math.PI);
            sum += ((d / ((1 + lo + li) * 4 * mu)) * si * Math.PI * u * 2 * Math.PI) / (n * n);
        }
    }
    return sum;
}

const values = [];
const put = (x) => values.push(Math.round(65535 * Math.min(1, Math.max(0, x))));
for (let j = 0; j < SIZE; j++) {
    for (let i = 0; i < SIZE; i++) {
        const mu = Math.max(1e-3, (i / (SIZE - 1)) ** 2);
        const alpha = (j / (SIZE - 1)) ** 2;
        const [e, b] = ggx(mu, Math.max(1e-4, alpha));
        put(e);
        put(b);
        put(sheen(mu, Math.max(SHEEN_MIN_ALPHA, alpha)));
    }
}
// Means over the hemisphere, weighted by the cosine.
for (let j = 0; j < SIZE; j++) {
    const alpha = Math.max(1e-4, (j / (SIZE - 1)) ** 2);
    const n = 32;
    let [e, b] = [0, 0];
    for (let i = 0; i < n; i++) {
        const [de, db] = ggx(Math.sqrt((i + 0.5) / n), alpha);
        e += de / n;
        b += db / n;
    }
    put(e);
    put(b);
}
const bytes = Buffer.from(Uint8Array.from(values.flatMap((v) => [v & 255, v >> 8])));
const lines = bytes.toString('base64').match(/.{1,112}/g);
console.log(`/**
 * Directional albedos of GGX and sheen, made by tools/make-albedo-table.mjs: ${SIZE} x ${SIZE} entries of three 16-bit fractions
 * (E, B, sheen), roughness outside, then ${SIZE} pairs of means. Little-endian.
 */
export const ALBEDO_TABLE_BASE64: string = [
${lines.map((line) => `    '${line}'`).join(',\n')}
].join('');`);
