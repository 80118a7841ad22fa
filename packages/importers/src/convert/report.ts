/**
 * What a conversion could not carry over as it was. Every importer fills one, so that a difference in a picture can be traced
 * to a line here instead of being a riddle.
 */

/** One kind of loss. */
export interface ReportEntry {
    /** What stands in the scene: `material "Floor": Beckmann distribution`. */
    readonly what: string;
    /** What was made of it: `GGX with the same alpha`. */
    readonly became: string;
    /** How often. */
    readonly count: number;
}

/** See the file comment. */
export interface ConversionReport {
    /** Carried over, but not exactly. */
    readonly approximated: readonly ReportEntry[];
    /** Left out. */
    readonly unsupported: readonly ReportEntry[];
}

/** Collects a {@link ConversionReport}; equal entries are counted. */
export class ReportBuilder {
    readonly #approximated = new Map<string, ReportEntry>();
    readonly #unsupported = new Map<string, ReportEntry>();

    approximate(what: string, became: string): void {
        add(this.#approximated, what, became);
    }

    unsupported(what: string, became: string = 'left out'): void {
        add(this.#unsupported, what, became);
    }

    build(): ConversionReport {
        return { approximated: [...this.#approximated.values()], unsupported: [...this.#unsupported.values()] };
    }
}

function add(entries: Map<string, ReportEntry>, what: string, became: string): void {
    const key = JSON.stringify([what, became]);
    entries.set(key, { what, became, count: (entries.get(key)?.count ?? 0) + 1 });
}
