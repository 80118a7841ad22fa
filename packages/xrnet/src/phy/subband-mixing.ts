/**
 * How the subbands of a tapped delay line fade together: complex Gaussian, with covariance
 * R(s, s') = sum over taps of P_l e^{-j 2 pi (f_s - f_s') tau_l}. A = L W with R = L L* (Cholesky) and W unitary mixes as many
 * independent processes as there are subbands into exactly that: 9 x 9 products in place of 9 x 23, and 9 processes to step in
 * place of 23. W, a Fourier matrix, spreads every process over all subbands, so that sums of few sinusoids are near Gaussian.
 */

/** Powers of taps, of sum 1, and their delays. */
export interface PowerDelay {
    readonly powers: readonly number[];
    readonly delaysNs: readonly number[];
}

/** Rows by subband, columns by process. */
export interface Mixing {
    readonly re: Float64Array;
    readonly im: Float64Array;
}

/** The matrix A for `count` subbands of a carrier. */
export function subbandMixing(count: number, bandwidthHz: number, taps: PowerDelay): Mixing {
    const lower = cholesky(covariance(count, bandwidthHz, taps), count);
    const mixed = { re: new Float64Array(count * count), im: new Float64Array(count * count) };
    for (let s = 0; s < count; s++) {
        for (let p = 0; p < count; p++) {
            let [x, y] = [0, 0];
            for (let k = 0; k <= s; k++) {
                const angle = (2 * Math.PI * ((k * p) % count)) / count;
                const [c, d] = [Math.cos(angle) / Math.sqrt(count), Math.sin(angle) / Math.sqrt(count)];
                const a = lower.re[s * count + k] as number;
                const b = lower.im[s * count + k] as number;
                x += a * c - b * d;
                y += a * d + b * c;
            }
            mixed.re[s * count + p] = x;
            mixed.im[s * count + p] = y;
        }
    }
    return mixed;
}

function covariance(count: number, bandwidthHz: number, { powers, delaysNs }: PowerDelay): Mixing {
    const re = new Float64Array(count * count);
    const im = new Float64Array(count * count);
    for (let a = 0; a < count; a++) {
        for (let b = 0; b < count; b++) {
            const hz = ((a - b) / count) * bandwidthHz;
            for (const [tap, power] of powers.entries()) {
                const angle = -2 * Math.PI * hz * (delaysNs[tap] as number) * 1e-9;
                re[a * count + b] = (re[a * count + b] as number) + power * Math.cos(angle);
                im[a * count + b] = (im[a * count + b] as number) + power * Math.sin(angle);
            }
        }
    }
    return { re, im };
}

/** L of a Hermitian R = L L*. Where nothing is left of a row's own (a flat channel), its column is 0. */
function cholesky({ re, im }: Mixing, n: number): Mixing {
    const lower = { re: new Float64Array(n * n), im: new Float64Array(n * n) };
    for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
            let x = re[i * n + j] as number;
            let y = im[i * n + j] as number;
            for (let k = 0; k < j; k++) {
                const a = lower.re[i * n + k] as number;
                const b = lower.im[i * n + k] as number;
                const c = lower.re[j * n + k] as number;
                const d = lower.im[j * n + k] as number;
                // Minus a row's entry times the other's conjugate.
                x -= a * c + b * d;
                y -= b * c - a * d;
            }
            if (i === j) lower.re[i * n + i] = x > 1e-9 ? Math.sqrt(x) : 0;
            else {
                const pivot = lower.re[j * n + j] as number;
                lower.re[i * n + j] = pivot === 0 ? 0 : x / pivot;
                lower.im[i * n + j] = pivot === 0 ? 0 : y / pivot;
            }
        }
    }
    return lower;
}
