/**
 * The carriers of a cell: the first, and those that are aggregated with it (`carriers` of the configuration). Each has a link a
 * direction with HARQ of its own (src/mac/carrier-legs.ts); in a slot the first carrier is filled before the second, and so on.
 *
 * Data takes part from the first slot in which no carrier's part of its direction had begun when it came. Requests, reports and
 * answers take whichever carrier has their direction first. A second node, with queues of its own, is src/cell/dual-connectivity.ts.
 */
import { badInput } from '@mixreel/core';
import type { CellConfig } from '../config.ts';
import type { LinkCounters } from '../mac/harq.ts';
import { Link } from '../mac/link.ts';
import type { SetStore } from '../mac/set-store.ts';
import type { BlerModel } from '../phy/bler.ts';
import { Carrier } from '../phy/carrier.ts';
import { type Direction, TddPattern } from '../phy/tdd.ts';

/** One carrier: its configuration, when it goes which way, and what it carries. */
export interface CellCarrier {
    readonly config: CellConfig;
    readonly tdd: TddPattern;
    readonly sizes: Readonly<Record<Direction, Carrier>>;
    readonly links: Readonly<Record<Direction, Link>>;
}

function patternOf({ tdd, numerology }: CellConfig, more: readonly TddPattern[] = []): TddPattern {
    return new TddPattern(tdd.pattern, tdd.special, numerology, tdd.parts, more);
}

/** Configurations of all carriers: a further one is the cell's with a width, a pattern and radios of its own. */
function configsOf(config: CellConfig): CellConfig[] {
    const further = config.carriers.map(({ bandwidthPrb, pattern, sinrOffsetDb }): CellConfig => {
        const own = atOffset({ ...config, bandwidthPrb, carriers: [] }, sinrOffsetDb);
        return { ...own, tdd: { ...config.tdd, pattern } };
    });
    return [config, ...further];
}

/** A configuration with all mean SINRs moved by so many dB. */
export function atOffset(config: CellConfig, db: number): CellConfig {
    const moved = <T extends { readonly sinrDb?: number }>(radio: T): T =>
        radio.sinrDb === undefined ? radio : { ...radio, sinrDb: radio.sinrDb + db };
    return { ...config, radio: moved(config.radio), users: config.users.map((user) => moved(user)) };
}

/** Throws `bad-input` unless a direction can carry data over a carrier, and the other one its answers. */
export function requireSymbols(path: string, direction: Direction, { tdd, sizes }: CellCarrier): void {
    const other = direction === 'downlink' ? 'uplink' : 'downlink';
    const has = (d: Direction): boolean => {
        for (let i = 0; i < tdd.periodSlots; i++) if (sizes[d].sizes(tdd.symbols(d, i))) return true;
        return false;
    };
    if (has(direction) && tdd.share(other) > 0) return;
    throw badInput(
        `${path} goes ${direction} over the pattern ${tdd.word}`,
        `a pattern with ${direction} slots for its data and ${other} symbols for the answers`,
        'Change tdd.pattern or the direction of the flow'
    );
}

/** When any carrier of the cell has a direction; of one carrier its own pattern. */
export function anyPattern(config: CellConfig): TddPattern {
    return patternOf(
        config,
        configsOf(config)
            .slice(1)
            .map((other) => patternOf(other))
    );
}

/** All carriers, the first one first. `finish` is called once for every set that is decided. */
export function openCarriers(
    config: CellConfig,
    any: TddPattern,
    bler: BlerModel,
    sets: SetStore,
    finish: (set: number) => void
): CellCarrier[] {
    const carriers: CellCarrier[] = [];
    for (const own of configsOf(config)) {
        const tdd = carriers.length === 0 && config.carriers.length === 0 ? any : patternOf(own);
        const sizes = {
            downlink: new Carrier(own, 'downlink', tdd, bler),
            uplink: new Carrier(own, 'uplink', tdd, bler)
        };
        const first = carriers[0]?.links;
        const open = (direction: Direction): Link =>
            new Link(direction, own, tdd, any, sizes[direction], sets, finish, first?.[direction] ?? null);
        carriers.push({ config: own, tdd, sizes, links: { downlink: open('downlink'), uplink: open('uplink') } });
    }
    return carriers;
}

/** Counters of one direction over all carriers; of one carrier its own, which go on counting. */
export function countersOf(carriers: readonly CellCarrier[], direction: Direction): Readonly<LinkCounters> {
    const [first, ...further] = carriers.map(({ links }) => links[direction].counters);
    if (further.length === 0) return first as LinkCounters;
    const sum: LinkCounters = { ...(first as LinkCounters) };
    for (const counters of further) {
        for (const key of Object.keys(sum) as (keyof LinkCounters)[]) sum[key] += counters[key];
    }
    return sum;
}
