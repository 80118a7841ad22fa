// The queues between the kernels: lists of path slots, filled by atomic appends, and their lengths. Lengths are kept per
// bounce, so they are the statistics too. Counters: 8 words for the wave, then 8 for each bounce.
import package::params::params;
import package::bounce::bounce;

@group(0) @binding(8) var<storage, read_write> queues: array<u32>;
@group(0) @binding(9) var<storage, read_write> counters: array<atomic<u32>>;

// Counters of a bounce. The first five are lengths of queues.
const COUNT_RAYS = 0u;
const COUNT_HITS = 1u;
const COUNT_MISSES = 2u;
const COUNT_SHADOW = 3u;
const COUNT_LIT = 4u;
const COUNT_DROPPED = 5u;
const COUNT_ROULETTE = 6u;
const COUNT_UNLIT = 7u;
// Counters of the wave.
const COUNT_PATHS = 0u;
// Then samples that did not reach the film, by the reasons of film.wgsl: not a number, infinite, negative.

const LIST_RAYS = 0u;
const LIST_HITS = 2u;
const LIST_MISSES = 3u;
const LIST_SHADOW = 4u;
const LIST_LIT = 5u;
// Pixels of the wave under adaptive sampling.
const LIST_PIXELS = 6u;

fn counterOf(atBounce: u32, kind: u32) -> u32 {
    return 8u + atBounce * 8u + kind;
}

fn queueLength(kind: u32) -> u32 {
    return atomicLoad(&counters[counterOf(bounce.index, kind)]);
}

fn queued(list: u32, i: u32) -> u32 {
    return queues[list * params.capacity + i];
}

fn append(list: u32, atBounce: u32, kind: u32, slot: u32) {
    let at = atomicAdd(&counters[counterOf(atBounce, kind)], 1u);
    queues[list * params.capacity + at] = slot;
}

fn count(kind: u32) {
    atomicAdd(&counters[counterOf(bounce.index, kind)], 1u);
}

fn slotPixel(slot: u32) -> u32 {
    let place = slot % params.pixelCount;
    var pixel = params.pixelStart + place;
    while (params.adaptive != 0u) {
        pixel = queued(LIST_PIXELS, place);
        break;
    }
    return pixel;
}

// Rays alternate between lists 0 and 1, so that one can be read while the other is filled.
fn rayList(atBounce: u32) -> u32 {
    return LIST_RAYS + (atBounce & 1u);
}
