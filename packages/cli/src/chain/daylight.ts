/** What `render --sky` lights a model with: a clear sky and its sun, in place of the model's own environment. */
import { type PunctualLight, type SunSky, sunSky } from '@mixreel/pathtracer';

/** Options of the command line; undefined: not given. */
export interface DaylightWords {
    /** Turbidity, 2 to 10. */
    readonly sky: number | undefined;
    /** Elevation of the sun, degrees. */
    readonly sun: number | undefined;
    /** Its azimuth, degrees clockwise from -z as seen from above. */
    readonly azimuth: number | undefined;
}

/** A clear day's haze, and a sun that shades what stands before the usual camera. */
export const DAYLIGHT_DEFAULTS: { readonly sky: number; readonly sun: number; readonly azimuth: number } =
    Object.freeze({ sky: 3, sun: 40, azimuth: 135 });

/** The daylight that is asked for by any of the three, or null. */
export function daylightOf(words: DaylightWords): (Pick<SunSky, 'environment'> & { lights: PunctualLight[] }) | null {
    if (words.sky === undefined && words.sun === undefined && words.azimuth === undefined) return null;
    const elevation = ((words.sun ?? DAYLIGHT_DEFAULTS.sun) * Math.PI) / 180;
    const azimuth = ((words.azimuth ?? DAYLIGHT_DEFAULTS.azimuth) * Math.PI) / 180;
    const flat = Math.cos(elevation);
    const { environment, sun } = sunSky({
        sunDirection: [flat * Math.sin(azimuth), Math.sin(elevation), -flat * Math.cos(azimuth)],
        turbidity: words.sky ?? DAYLIGHT_DEFAULTS.sky
    });
    return { environment, lights: [sun] };
}
