// The queues between the kernels: lists of path slots, filled by atomic appends, and their lengths. Lengths are kept per
// bounce, so they are the statistics too. Counters: 8 words for the wave, then 10 for each bounce.
//
// Where paths are regenerated (REGENERATE), a queue holds paths of every bounce. Its length is then one of two sets of 10 words,
// for even and odd iterations, which follow the statistics; a word with the next item of work comes last. An item is what a slot
// is without regeneration: a sample of a pixel. Paths know their item and bounce, and what they gathered waits in a row behind
// the state until all items are done: samples reach the film in order, whichever ended first.
import package::params::params;
import package::bounce::bounce;
import package::variant::{REGENERATE, HIT_QUEUE};
import package::state::{paths, stateIndex, ROW_THROUGHPUT, ROW_SHADOW_CONTRIBUTION, BOUNCE_SHIFT};

@group(0) @binding(8) var<storage, read_write> queues: array<u32>;
@group(0) @binding(9) var<storage, read_write> counters: array<atomic<u32>>;

// Counters of a bounce. The first five and the last two are lengths of queues. Hits of queue 0 are counted here, those of queues 1
// and 2 by the last two.
const COUNT_RAYS = 0u;
const COUNT_HITS = 1u;
const COUNT_MISSES = 2u;
const COUNT_SHADOW = 3u;
const COUNT_LIT = 4u;
const COUNT_DROPPED = 5u;
const COUNT_ROULETTE = 6u;
const COUNT_UNLIT = 7u;
const COUNT_MORE_HITS = 8u;
const COUNTERS = 10u;
// Length of a queue only: paths that have ended, to be regenerated.
const COUNT_ENDED = 5u;
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
// Then the list of pixels is the seventh.
const LIST_ENDED = 6u;

fn counterOf(atBounce: u32, kind: u32) -> u32 {
    return 8u + atBounce * COUNTERS + kind;
}

fn lengthOf(atBounce: u32, kind: u32) -> u32 {
    if (REGENERATE) {
        return counterOf(params.maxBounces + 2u + (atBounce & 1u), kind);
    }
    return counterOf(atBounce, kind);
}

fn nextItemCounter() -> u32 {
    return counterOf(params.maxBounces + 4u, 0u);
}

fn queueLength(kind: u32) -> u32 {
    return atomicLoad(&counters[lengthOf(bounce.index, kind)]);
}

// The sample that a slot's path is: its place in the wave.
fn pathItem(slot: u32) -> u32 {
    if (REGENERATE) {
        return paths[stateIndex(slot, ROW_SHADOW_CONTRIBUTION)].w;
    }
    return slot;
}

// Scatterings so far.
fn pathBounce(slot: u32) -> u32 {
    if (REGENERATE) {
        return (paths[stateIndex(slot, ROW_THROUGHPUT)].w >> BOUNCE_SHIFT) & 255u;
    }
    return bounce.index;
}

fn queued(list: u32, i: u32) -> u32 {
    return queues[list * params.capacity + i];
}

// Where the hits of a queue (sort) are counted.
fn hitCounter(sort: u32) -> u32 {
    return select(COUNT_MORE_HITS + sort - 1u, COUNT_HITS, sort == 0u);
}

// Place of a hit in the queues: those of queue 0 fill the list of hits from its front, queue 1 from its end, queue 2 the list of
// misses from its end. What hits and misses together fill is never longer than a list.
fn hitPlace(sort: u32, i: u32) -> u32 {
    let end = (select(LIST_HITS, LIST_MISSES, sort == 2u) + 1u) * params.capacity - 1u;
    return select(end - i, LIST_HITS * params.capacity + i, sort == 0u);
}

// Hits that this kernel shades, and the slot of one.
fn hitLength() -> u32 {
    return queueLength(hitCounter(HIT_QUEUE));
}

fn queuedHit(i: u32) -> u32 {
    return queues[hitPlace(HIT_QUEUE, i)];
}

fn appendHit(sort: u32, atBounce: u32, slot: u32) {
    queues[hitPlace(sort, longer(atBounce, hitCounter(sort)))] = slot;
}

// atBounce: the path's, for the statistics.
fn append(list: u32, atBounce: u32, kind: u32, slot: u32) {
    queues[list * params.capacity + longer(atBounce, kind)] = slot;
}

// Makes a queue one longer: the place that is new.
fn longer(atBounce: u32, kind: u32) -> u32 {
    var counter = counterOf(atBounce, kind);
    if (REGENERATE) {
        atomicAdd(&counters[counter], 1u);
        counter = lengthOf(bounce.index + select(0u, 1u, kind == COUNT_RAYS), kind);
    }
    return atomicAdd(&counters[counter], 1u);
}

fn count(atBounce: u32, kind: u32) {
    atomicAdd(&counters[counterOf(atBounce, kind)], 1u);
}

// The path has ended: its slot is free for another.
fn finish(slot: u32) {
    if (REGENERATE) {
        let at = atomicAdd(&counters[lengthOf(bounce.index, COUNT_ENDED)], 1u);
        queues[LIST_ENDED * params.capacity + at] = slot;
    }
}

fn itemPixel(item: u32) -> u32 {
    let place = item % params.pixelCount;
    var pixel = params.pixelStart + place;
    while (params.adaptive != 0u) {
        pixel = queued(LIST_PIXELS + select(0u, 1u, REGENERATE), place);
        break;
    }
    return pixel;
}

// Rays alternate between lists 0 and 1, so that one can be read while the other is filled.
fn rayList(atBounce: u32) -> u32 {
    return LIST_RAYS + (atBounce & 1u);
}
