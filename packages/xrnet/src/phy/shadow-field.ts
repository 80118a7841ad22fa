/**
 * Shadowing as a field over the ground: Gaussian, of unit variance, correlated as exp(-distance / correlation distance)
 * (TR 38.901 7.4.4). A sum of 128 plane waves whose wave numbers follow the spectrum of that correlation: in two dimensions
 * the share of power below wave number k is 1 - 1 / sqrt(1 + (D k)^2). A function of the place alone: users may come in any
 * order, and near ones are shadowed alike. A Cholesky factor would be exact, and cost the cube of the users.
 */
import type { RngStream } from '@mixreel/core';

const WAVES = 128;

/** The field of one base station. */
export class ShadowField {
    readonly #x = new Float64Array(WAVES);
    readonly #y = new Float64Array(WAVES);
    readonly #phase = new Float64Array(WAVES);

    /** @param correlationM - D, above 0. */
    constructor(correlationM: number, stream: RngStream) {
        for (let i = 0; i < WAVES; i++) {
            // One direction and one part of the spectrum for each wave, so that few waves make a round field.
            const direction = (2 * Math.PI * (i + stream.float())) / WAVES;
            const share = (((i * 53) % WAVES) + stream.float()) / WAVES;
            const k = Math.sqrt((1 / (1 - share)) ** 2 - 1) / correlationM;
            this.#x[i] = k * Math.cos(direction);
            this.#y[i] = k * Math.sin(direction);
            this.#phase[i] = 2 * Math.PI * stream.float();
        }
    }

    /** The field at a place, m; mean 0 and variance 1 over fields. */
    at(xM: number, yM: number): number {
        let sum = 0;
        for (let i = 0; i < WAVES; i++) {
            sum += Math.cos((this.#x[i] as number) * xM + (this.#y[i] as number) * yM + (this.#phase[i] as number));
        }
        return sum * Math.sqrt(2 / WAVES);
    }
}
