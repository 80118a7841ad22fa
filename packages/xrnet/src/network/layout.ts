/**
 * Where cells and users are. Macro and micro: hexagonal sites of three sectors, 1 or 7 of them, wrapped around (the seven sites
 * tile the plane, and of a base station's seven copies the nearest counts, so that no cell is at an edge). Indoor: twelve
 * omnidirectional points in two rows on 120 m x 50 m, 20 m apart (TR 38.901 table 7.2-2).
 */
import { badInput, type RngStream } from '@mixreel/core';
import type { PlaceName } from '../phy/path-loss.ts';

/** A place on the ground, m. */
export interface Place {
    readonly xM: number;
    readonly yM: number;
}

/** One cell's antenna. */
export interface CellSite extends Place {
    /** Site, shared by the sectors of a mast. */
    readonly site: number;
    /** Where a sector looks, radians from the x axis; null for all around. */
    readonly azimuth: number | null;
}

/** Cells, and how far a user is from them. */
export interface Layout {
    readonly cells: readonly CellSite[];
    /** From a user to a site: metres east and north of the nearest copy of the site. */
    toward(user: Place, site: CellSite): Place;
    /** The same place, or the one that stands for it, where users may be. */
    confine(place: Place): Place;
    /** A random place. */
    drop(stream: RngStream): Place;
}

/**
 * The cells of a place.
 *
 * @param sites - 1 or 7; without meaning indoors.
 * @param distanceM - Between sites.
 */
export function layoutOf(place: PlaceName, sites: number, distanceM: number): Layout {
    if (place === 'inh') return indoor();
    if (sites !== 1 && sites !== 7) throw badInput(`sites is ${sites}`, '1 or 7', 'Ask for one of them');
    return hexagonal(sites, distanceM);
}

function indoor(): Layout {
    const cells = Array.from({ length: 12 }, (_, i): CellSite => {
        return { site: i, xM: 10 + 20 * (i % 6), yM: i < 6 ? 15 : 35, azimuth: null };
    });
    return {
        cells,
        toward: (user, site) => ({ xM: user.xM - site.xM, yM: user.yM - site.yM }),
        confine: ({ xM, yM }) => ({ xM: folded(xM, 0, 120), yM: folded(yM, 0, 50) }),
        drop: (stream) => ({ xM: 120 * stream.float(), yM: 50 * stream.float() })
    };
}

function hexagonal(sites: number, distanceM: number): Layout {
    const ring = Array.from({ length: 6 }, (_, i) => polar(distanceM, (Math.PI / 3) * i));
    const masts = sites === 1 ? [{ xM: 0, yM: 0 }] : [{ xM: 0, yM: 0 }, ...ring];
    const cells = masts.flatMap((mast, site) =>
        [0, 1, 2].map((sector): CellSite => ({ ...mast, site, azimuth: Math.PI / 6 + (2 * Math.PI * sector) / 3 }))
    );
    // Seven hexagons make a tile that repeats at sqrt(7) site distances, turned by atan(sqrt(3) / 5).
    const turn = Math.atan2(Math.sqrt(3), 5);
    const copies: Place[] = [{ xM: 0, yM: 0 }];
    for (let i = 0; sites === 7 && i < 6; i++) copies.push(polar(Math.sqrt(7) * distanceM, (Math.PI / 3) * i + turn));
    return {
        cells,
        toward(user, site) {
            let best = { xM: user.xM - site.xM, yM: user.yM - site.yM };
            for (const copy of copies) {
                const other = { xM: user.xM - site.xM - copy.xM, yM: user.yM - site.yM - copy.yM };
                if (Math.hypot(other.xM, other.yM) < Math.hypot(best.xM, best.yM)) best = other;
            }
            return best;
        },
        confine(place) {
            const radiusM = distanceM / Math.sqrt(3);
            if (sites === 1) {
                return { xM: folded(place.xM, -radiusM, radiusM), yM: folded(place.yM, -radiusM, radiusM) };
            }
            let { xM, yM } = place;
            // The tile repeats: step by step to the copy that is nearest to its middle.
            for (let copy: Place | undefined; ; xM -= copy.xM, yM -= copy.yM) {
                const away = Math.hypot(xM, yM);
                copy = copies.find((other) => Math.hypot(xM - other.xM, yM - other.yM) < away - 1e-9);
                if (!copy) return { xM, yM };
            }
        },
        drop(stream) {
            const mast = masts[Math.min(masts.length - 1, Math.floor(stream.float() * masts.length))] as Place;
            const spot = inHexagon(distanceM / Math.sqrt(3), stream);
            return { xM: mast.xM + spot.xM, yM: mast.yM + spot.yM };
        }
    };
}

/** A coordinate that turns round at both ends. */
function folded(value: number, low: number, high: number): number {
    const period = 2 * (high - low);
    const along = (((value - low) % period) + period) % period;
    return low + Math.min(along, period - along);
}

/** Uniform in a hexagon of that circumradius whose sides face the neighbours: a rhombus of one of its thirds. */
function inHexagon(radiusM: number, stream: RngStream): Place {
    const third = Math.floor(stream.float() * 3);
    const a = polar(radiusM, Math.PI / 6 + (2 * Math.PI * third) / 3);
    const b = polar(radiusM, Math.PI / 6 + (2 * Math.PI * (third + 1)) / 3);
    const u = stream.float();
    const v = stream.float();
    return { xM: u * a.xM + v * b.xM, yM: u * a.yM + v * b.yM };
}

function polar(length: number, angle: number): Place {
    return { xM: length * Math.cos(angle), yM: length * Math.sin(angle) };
}
