/**
 * Equal shares of a slot: units one by one in turn to users that still need some, so that who needs little leaves the rest to the
 * others (water-filling).
 */

/**
 * Units of the user at `place`, whole ones: the largest equal share of it and those after it; the first ones get one more.
 *
 * @param left - Units of the slot that are left.
 * @param needOf - Units that the user at a place needs.
 */
export function fairShare(left: number, place: number, count: number, needOf: (place: number) => number): number {
    let users = count - place;
    // Those after it that need less than an equal share free the difference.
    let share = Math.ceil(left / users);
    for (let changed = true; changed; ) {
        changed = false;
        let rest = left;
        users = 0;
        for (let other = place; other < count; other++) {
            const need = needOf(other);
            if (need < share) rest -= need;
            else users++;
        }
        const better = users === 0 ? left : Math.ceil(rest / users);
        if (better > share) {
            share = better;
            changed = users > 0;
        }
    }
    return Math.min(left, share);
}
