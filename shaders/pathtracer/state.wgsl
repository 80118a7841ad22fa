// The state of a path: 8 rows of 16 bytes, 128 bytes in all, as structure of arrays (row r of all paths together) or, with the
// condition AOS, as array of structures (all rows of a path together). Nothing else differs between the two modes.
//   0 ray origin | ray cone ; 1 ray direction | pdf ; 2 throughput | flags ; 3 radiance | medium ; 4 hit t, u, v | triangle ;
//   5 shadow direction, after scattering the normal there | tMax ; 6 shadow contribution | item ; 7 shadow origin | hit instance
import package::params::params;
import package::traverse::Hit;
import package::variant::{MEDIA, REGENERATE};

@group(0) @binding(7) var<storage, read_write> paths: array<vec4u>;

const ROW_ORIGIN = 0u;
const ROW_DIRECTION = 1u;
const ROW_THROUGHPUT = 2u;
const ROW_RADIANCE = 3u;
const ROW_HIT = 4u;
const ROW_SHADOW_DIRECTION = 5u;
const ROW_SHADOW_CONTRIBUTION = 6u;
const ROW_SHADOW_ORIGIN = 7u;
const STATE_ROWS = 8u;

// Bit of the flags: the camera ray hit something.
const FLAG_COVERED = 1u;
// The ray is in the medium that row 3 w names.
const FLAG_IN_MEDIUM = 2u;
// Where paths are regenerated, the number of scatterings lies in the bits from here.
const BOUNCE_SHIFT = 8u;

@if(AOS)
fn stateIndex(slot: u32, row: u32) -> u32 {
    return slot * STATE_ROWS + row;
}

@if(!AOS)
fn stateIndex(slot: u32, row: u32) -> u32 {
    return row * params.capacity + slot;
}

fn loadRow(slot: u32, row: u32) -> vec4u {
    return paths[stateIndex(slot, row)];
}

fn storeRow(slot: u32, row: u32, xyz: vec3f, w: u32) {
    paths[stateIndex(slot, row)] = vec4u(bitcast<vec3u>(xyz), w);
}

// The medium that a path's ray is in: material + 1, or 0.
fn loadMedium(slot: u32, flags: u32) -> u32 {
    while (MEDIA && (flags & FLAG_IN_MEDIUM) != 0u) {
        return paths[stateIndex(slot, ROW_RADIANCE)].w;
    }
    return 0u;
}

// A camera ray takes the slot.
fn startPath(slot: u32, item: u32, origin: vec3f, direction: vec3f, pdf: f32, cone: u32) {
    storeRow(slot, ROW_ORIGIN, origin, cone);
    storeRow(slot, ROW_DIRECTION, direction, bitcast<u32>(pdf));
    storeRow(slot, ROW_THROUGHPUT, vec3f(1.0), 0u);
    storeRow(slot, ROW_RADIANCE, vec3f(0.0), 0u);
    if (REGENERATE) {
        paths[stateIndex(slot, ROW_SHADOW_CONTRIBUTION)].w = item;
    }
}

// What an ended path gathered, and whether its camera ray hit something (1) or not (0).
fn gathered(slot: u32) -> vec4f {
    let radiance = bitcast<vec3f>(loadRow(slot, ROW_RADIANCE).xyz);
    return vec4f(radiance, f32(loadRow(slot, ROW_THROUGHPUT).w & FLAG_COVERED));
}

// Where that waits if the slot is given away: rows behind the state, one an item.
fn keepGathered(slot: u32, item: u32) {
    paths[STATE_ROWS * params.capacity + item] = bitcast<vec4u>(gathered(slot));
}

fn gatheredBy(item: u32) -> vec4f {
    if (REGENERATE) {
        return bitcast<vec4f>(paths[STATE_ROWS * params.capacity + item]);
    }
    return gathered(item);
}

fn loadHit(slot: u32) -> Hit {
    let h = loadRow(slot, ROW_HIT);
    let f = bitcast<vec3f>(h.xyz);
    return Hit(f.x, f.yz, h.w, loadRow(slot, ROW_SHADOW_ORIGIN).w);
}
