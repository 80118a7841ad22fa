// Fits the nodes of a mesh's tree to triangles that moved, from the leaves up: a dispatch for each height, so that the children's
// boxes are there. The boxes are kept whole beside the quantised nodes, else every level would widen them once more.
// Rounding outwards and its margin: packages/pathtracer/src/bvh/wide-bvh.ts, with pads half as large again for float32.
// Twin: packages/pathtracer/src/bvh/refit-bvh.ts, bit for bit.

struct Refit {
    // First node of the mesh.
    nodeBase: u32,
    // The nodes of this height in byHeight.
    first: u32,
    count: u32,
    reserved: u32,
}

@group(0) @binding(0) var<uniform> refit: Refit;
@group(0) @binding(1) var<storage, read_write> nodes: array<vec4u>;
@group(0) @binding(2) var<storage, read> triangles: array<vec4u>;
// Two rows for each node of the mesh: low, high.
@group(0) @binding(3) var<storage, read_write> bounds: array<vec4f>;
// Nodes of the mesh (from 0), lowest first.
@group(0) @binding(4) var<storage, read> byHeight: array<u32>;

const LEAF = 0x80000000u;

struct Box {
    low: vec3f,
    high: vec3f,
}

fn leafBox(leaf: u32) -> Box {
    var box = Box(vec3f(3e38), vec3f(-3e38));
    let first = leaf & 0x07ffffffu;
    let end = first + ((leaf >> 27u) & 15u);
    for (var i = first; i < end; i += 1u) {
        let a = bitcast<vec3f>(triangles[i * 3u].xyz);
        let b = a + bitcast<vec3f>(triangles[i * 3u + 1u].xyz);
        let c = a + bitcast<vec3f>(triangles[i * 3u + 2u].xyz);
        box.low = min(box.low, min(a, min(b, c)));
        box.high = max(box.high, max(a, max(b, c)));
    }
    return box;
}

fn childBox(reference: u32) -> Box {
    if (reference >= LEAF) {
        return leafBox(reference);
    }
    let child = reference - refit.nodeBase;
    return Box(bounds[child * 2u].xyz, bounds[child * 2u + 1u].xyz);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.y * groups.x * 64u + id.x;
    if (i >= refit.count) {
        return;
    }
    let node = byHeight[refit.first + i];
    let row = (refit.nodeBase + node) * 4u;
    let n1 = nodes[row + 1u];
    let n2 = nodes[row + 2u];
    let n3 = nodes[row + 3u];
    let references = array<u32, 4>(n2.z, n2.w, n3.x, n3.y);
    var boxes: array<Box, 4>;
    var low = vec3f(3e38);
    var high = vec3f(-3e38);
    for (var k = 0u; k < 4u; k += 1u) {
        // A child that is not there has an inverted box.
        if (extractBits(n1.x, k * 8u, 8u) > extractBits(n1.w, k * 8u, 8u)) {
            continue;
        }
        boxes[k] = childBox(references[k]);
        low = min(low, boxes[k].low);
        high = max(high, boxes[k].high);
    }
    bounds[node * 2u] = vec4f(low, 0.0);
    bounds[node * 2u + 1u] = vec4f(high, 0.0);

    let pad = max(max((high - low) * 3e-6, max(abs(low), abs(high)) * 1e-6), vec3f(1e-30));
    let origin = low - 2.0 * pad;
    let extent = high + 2.0 * pad - origin;
    // A little more than a 255th, then the next power of two.
    let bits = bitcast<vec3u>(extent * 0.0039215766);
    let exponent = clamp((bits + 0x7fffffu) >> vec3u(23u), vec3u(1u), vec3u(253u));
    let inverse = bitcast<vec3f>((254u - exponent) << vec3u(23u));
    var lows = vec3u(0xffffffffu);
    var highs = vec3u(0u);
    for (var k = 0u; k < 4u; k += 1u) {
        if (extractBits(n1.x, k * 8u, 8u) > extractBits(n1.w, k * 8u, 8u)) {
            continue;
        }
        let below = vec3u(clamp(floor((boxes[k].low - pad - origin) * inverse), vec3f(0.0), vec3f(255.0)));
        let above = vec3u(clamp(ceil((boxes[k].high + pad - origin) * inverse), vec3f(0.0), vec3f(255.0)));
        lows = insertBits(lows, below, k * 8u, 8u);
        highs = insertBits(highs, above, k * 8u, 8u);
    }
    nodes[row] = vec4u(bitcast<vec3u>(origin), exponent.x | (exponent.y << 8u) | (exponent.z << 16u));
    nodes[row + 1u] = vec4u(lows, highs.x);
    nodes[row + 2u] = vec4u(highs.yz, n2.zw);
}
