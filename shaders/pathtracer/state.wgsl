// The state of a path: 8 rows of 16 bytes, 128 bytes in all, as structure of arrays (row r of all paths together) or, with the
// condition AOS, as array of structures (all rows of a path together). Nothing else differs between the two modes.
//   0 ray origin | ray cone ; 1 ray direction | pdf ; 2 throughput | flags ; 3 radiance | medium ; 4 hit t, u, v | triangle ;
//   5 shadow direction, after scattering the normal there | tMax ; 6 shadow contribution | - ; 7 shadow origin | hit instance
import package::params::params;
import package::traverse::Hit;
import package::variant::EXTENDED;

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
    while (EXTENDED && (flags & FLAG_IN_MEDIUM) != 0u) {
        return paths[stateIndex(slot, ROW_RADIANCE)].w;
    }
    return 0u;
}

fn loadHit(slot: u32) -> Hit {
    let h = loadRow(slot, ROW_HIT);
    let f = bitcast<vec3f>(h.xyz);
    return Hit(f.x, f.yz, h.w, loadRow(slot, ROW_SHADOW_ORIGIN).w);
}
