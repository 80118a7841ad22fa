/**
 * Rate against LPIPS in the form of the field's papers: rows are codecs and our modes, columns rates; a place holds the mean, over the pictures, of the smallest LPIPS at no more than that rate; with `between` of
 * what lies between two files in the logarithm of the rate, where codecs were not asked for each rate. A codec that does not reach a rate on every picture it was measured on has no mean there, and none beyond its finest file. Where ours and another change places is interpolated in the logarithm of the rate.
 */

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A codec's finest file stands for rates up to so many times its own. */
const REACH = 1.3;

export class RateTable {
    #set;
    #unit;
    #rates;
    /** Codec to picture to points of rate and LPIPS. */
    #points = new Map();
    #ours = new Set();
    #between;

    constructor(set, unit, rates, { between = false } = {}) {
        this.#between = between;
        this.#set = set;
        this.#unit = unit;
        this.#rates = rates;
    }

    /** One file of ours: `mode` has a row of its own, and `ours` is the best of all. */
    ours(mode, picture, rate, lpips) {
        this.#ours.add(mode);
        this.#add(mode, picture, rate, lpips);
        this.#add('ours', picture, rate, lpips);
    }

    /** One file of a conventional codec. */
    peer(codec, picture, rate, lpips) {
        this.#add(codec, picture, rate, lpips);
    }

    #add(codec, picture, rate, lpips) {
        if (!this.#points.has(codec)) this.#points.set(codec, new Map());
        const pictures = this.#points.get(codec);
        pictures.set(picture, [...(pictures.get(picture) ?? []), [rate, lpips]]);
    }

    /** Mean LPIPS over so many of the codec's pictures; null if one has no file so small, or a peer none so fine. */
    #at(codec, rate, pictures) {
        const own = codec === 'ours' || this.#ours.has(codec);
        const values = pictures.map((picture) => {
            const points = this.#points.get(codec)?.get(picture) ?? [];
            const fitting = points.filter(([size]) => size <= rate);
            if (fitting.length === 0) return null;
            const best = Math.min(...fitting.map(([, lpips]) => lpips));
            const last = Math.max(...fitting.map(([size]) => size));
            const next = points.filter(([size]) => size > rate).sort(([a], [b]) => a - b)[0];
            // A finer file than the finest there is might be nearer.
            if (!next) return own || rate < REACH * last ? best : null;
            if (!this.#between) return best;
            return best + ((Math.min(best, next[1]) - best) * Math.log(rate / last)) / Math.log(next[0] / last);
        });
        return values.length === 0 || values.includes(null) ? null : mean(values);
    }

    /** A row of every rate, over the codec's own pictures. */
    #row(codec, pictures = [...this.#points.get(codec).keys()]) {
        return this.#rates.map((rate) => this.#at(codec, rate, pictures));
    }

    #peers() {
        return [...this.#points.keys()].filter((codec) => codec !== 'ours' && !this.#ours.has(codec));
    }

    /** The table as text, and all figures. */
    figures(log) {
        const name = `${this.#set}-curve`;
        const rows = ['ours', ...this.#ours, ...this.#peers()].filter((codec) => this.#points.has(codec));
        const cell = (value) => (value === null ? '-' : value.toFixed(3)).padStart(8);
        log(`LPIPS-alex, ${this.#set}, at most so many ${this.#unit}`);
        log(`${''.padEnd(20)}${this.#rates.map((rate) => String(rate).padStart(8)).join('')}`);
        for (const codec of rows) log(`${codec.padEnd(20)}${this.#row(codec).map(cell).join('')}`);
        const figures = [];
        for (const codec of ['ours', ...this.#ours].filter((one) => this.#points.has(one))) {
            for (const [i, value] of this.#row(codec).entries()) {
                if (value === null) continue;
                figures.push({ name: `${name}/${this.#rates[i]}/${codec}/lpips`, value, unit: '1', better: 'lower' });
            }
        }
        return [...figures, ...this.#peers().flatMap((codec) => this.#against(name, codec))];
    }

    /** Ours beside one codec on the codec's pictures, and where they change places. */
    #against(name, codec) {
        const pictures = [...this.#points.get(codec).keys()];
        const theirs = this.#row(codec);
        const mine = this.#row('ours', pictures);
        const both = this.#rates
            .map((rate, i) => ({ rate, mine: mine[i], theirs: theirs[i] }))
            .filter((one) => one.mine !== null && one.theirs !== null);
        const figures = both.map((one) => ({
            name: `${name}/${one.rate}/${codec}/lpips`,
            value: one.mine,
            unit: '1',
            better: 'lower',
            against: { name: codec, value: one.theirs }
        }));
        if (both.length === 0) return figures;
        const ahead = both.filter((one) => one.mine < one.theirs).map(({ rate }) => rate);
        const crossings = both.slice(1).flatMap((one, i) => {
            const [d0, d1] = [both[i].mine - both[i].theirs, one.mine - one.theirs];
            if (d0 < 0 === d1 < 0) return [];
            return [both[i].rate * (one.rate / both[i].rate) ** (d0 / (d0 - d1))];
        });
        const note = [
            `${pictures.length} pictures`,
            ahead.length > 0 ? `ahead at ${ahead.join(', ')}` : 'ahead nowhere',
            crossings.length > 0
                ? `places change at ${crossings.map((rate) => rate.toPrecision(3)).join(', ')}`
                : 'no crossing'
        ].join('; ');
        const last = both.findLast((one) => one.mine < one.theirs);
        const value = last ? (crossings.find((rate) => rate >= last.rate) ?? last.rate) : 0;
        figures.push({ name: `${name}/${codec}/ahead-up-to`, value, unit: this.#unit, better: 'higher', note });
        return figures;
    }
}
