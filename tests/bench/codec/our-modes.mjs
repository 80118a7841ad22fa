/** Every way in which we code one picture, from coarse to fine. */

/** As mode, options and how it is decoded: words, tokens, texture from coarse to fine, with grain, with learned texture, as small as it gets (no map of regions, one unit), concepts. */
export function modesOf({ generator, concept }) {
    const modes = [
        ['words', { text: 'alone' }, {}],
        ['words-drawn-by-concepts', { text: 'alone' }, { concept }]
    ];
    for (const quality of [0, 12, 24, 34, 45, 56, 67]) modes.push(['fixed-length', { fixedLength: true, quality }, {}]);
    for (const quality of [0, 25, 50, 100]) modes.push(['concepts', { concept, quality }, { concept }]);
    for (let qp = 63; qp >= 24; qp -= 3) {
        const quality = 100 * (1 - qp / 63);
        modes.push(['texture', { quality }, {}], ['learned-texture', { quality }, { generator }]);
        modes.push(['grain', { quality, grain: true }, {}]);
        const smallest = { quality, structure: 'none', unitBytes: 65_000 };
        modes.push(['smallest', smallest, {}], ['smallest-learned', smallest, { generator }]);
    }
    return modes;
}
