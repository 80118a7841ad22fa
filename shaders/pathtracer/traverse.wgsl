// Ray against scene: one loop over the compressed 4-wide nodes of the top tree and of the meshes' trees (merged, as
// three-gpu-pathtracer #773 found it to pay), triangles by Moeller and Trumbore 1997. The node layout is in
// packages/pathtracer/src/bvh/wide-bvh.ts; the TypeScript twin is packages/pathtracer/src/bvh/traverse-bvh.ts.
import package::params::{params, NONE};
import package::random::{pcg4d, BLOCK_ALPHA};
import package::scene::{triangles, tables, transformPoint, transformVector, instanceRow, sourceOf, triangleUv};
import package::scene::{TRIANGLE_MAY_BE_TRANSPARENT, MATERIAL_ROWS, MATERIAL_MASK, MATERIAL_BLEND, rowF};
import package::texture::sampleTexture;

@group(0) @binding(1) var<storage, read> nodes: array<vec4u>;

struct Hit {
    t: f32,
    // Barycentric coordinates of v1 and v2.
    uv: vec2f,
    // NONE if nothing was hit.
    triangle: u32,
    instance: u32,
}

const LEAF = 0x80000000u;
const STACK_SIZE = 64u;
// Triangles are this much wider, in barycentric terms, so that a ray along a shared edge cannot slip between two of them.
const EDGE = 1e-6;

// At module scope: three-gpu-pathtracer #775 measured it faster than workgroup memory.
var<private> stackReference: array<u32, STACK_SIZE>;
var<private> stackNear: array<f32, STACK_SIZE>;

// 1/d that never is infinite, so that 0 * inf cannot make a NaN in the slab test.
fn safeInverse(d: vec3f) -> vec3f {
    let tiny = vec3f(1e-20);
    return 1.0 / select(d, select(-tiny, tiny, d >= vec3f(0.0)), abs(d) < tiny);
}

// True if the triangle lets this ray through: alpha mask, or alpha blend as a random choice.
fn isTransparent(triangle: u32, instance: u32, b: vec2f, key: vec3u) -> bool {
    let material = params.materialBase + sourceOf(instance, triangle).x * MATERIAL_ROWS;
    let flags = tables[material + 3u];
    if ((flags.x & (MATERIAL_MASK | MATERIAL_BLEND)) == 0u) {
        return false;
    }
    var alpha = rowF(material).w;
    if (flags.y != NONE) {
        alpha *= sampleTexture(flags.y, triangleUv(triangle, b)).a;
    }
    if ((flags.x & MATERIAL_MASK) != 0u) {
        return alpha < rowF(material + 2u).w;
    }
    let bits = pcg4d(vec4u(key.x, key.y, (key.z * 4u + BLOCK_ALPHA) ^ (triangle << 8u), params.seed));
    return f32(bits.x >> 8u) * 5.9604644775390625e-8 >= alpha;
}

// The nearest hit within tMax, or with anyHit the first one found. key is (pixel, sample, bounce), for alpha blend.
fn trace(origin: vec3f, direction: vec3f, tMax: f32, anyHit: bool, key: vec3u) -> Hit {
    var hit = Hit(tMax, vec2f(0.0), NONE, 0u);
    var o = origin;
    var d = direction;
    var inverse = safeInverse(d);
    var inMesh = params.flattened != 0u;
    var instance = 0u;
    var meshBase = 0u;
    var depth = 0u;
    var reference = params.rootNode;
    loop {
        if ((reference & LEAF) == 0u) {
            let n0 = nodes[reference * 4u];
            let n1 = nodes[reference * 4u + 1u];
            let n2 = nodes[reference * 4u + 2u];
            let n3 = nodes[reference * 4u + 3u];
            // unpack4x8unorm divides by 255; the scale takes it back.
            let exponents = vec3u(n0.w & 255u, (n0.w >> 8u) & 255u, (n0.w >> 16u) & 255u) << vec3u(23u);
            let step = bitcast<vec3f>(exponents) * 255.0 * inverse;
            let start = (bitcast<vec3f>(n0.xyz) - o) * inverse;
            let low = vec3u(n1.xyz);
            let high = vec3u(n1.w, n2.xy);
            let backward = d < vec3f(0.0);
            let nearWord = select(low, high, backward);
            let farWord = select(high, low, backward);
            let nearX = unpack4x8unorm(nearWord.x) * step.x + start.x;
            let nearY = unpack4x8unorm(nearWord.y) * step.y + start.y;
            let nearZ = unpack4x8unorm(nearWord.z) * step.z + start.z;
            let farX = unpack4x8unorm(farWord.x) * step.x + start.x;
            let farY = unpack4x8unorm(farWord.y) * step.y + start.y;
            let farZ = unpack4x8unorm(farWord.z) * step.z + start.z;
            let tNear = max(max(nearX, nearY), max(nearZ, vec4f(0.0)));
            // Ize 2013, "Robust BVH ray traversal": widened by the rounding of the products above.
            let tFar = min(min(farX, farY), min(farZ, vec4f(hit.t))) * 1.0000005;
            let tested = select(vec4f(3e38), tNear, tNear <= tFar);
            // Sorting network for 4 on the distance; misses go last.
            var a = tested.x;
            var b = tested.y;
            var c = tested.z;
            var e = tested.w;
            var ra = n2.z;
            var rb = n2.w;
            var rc = n3.x;
            var re = n3.y;
            if (b < a) { let t = a; a = b; b = t; let r = ra; ra = rb; rb = r; }
            if (e < c) { let t = c; c = e; e = t; let r = rc; rc = re; re = r; }
            if (c < a) { let t = a; a = c; c = t; let r = ra; ra = rc; rc = r; }
            if (e < b) { let t = b; b = e; e = t; let r = rb; rb = re; re = r; }
            if (c < b) { let t = b; b = c; c = t; let r = rb; rb = rc; rc = r; }
            if (e < 2e38) {
                stackReference[depth] = re;
                stackNear[depth] = e;
                depth += 1u;
            }
            if (c < 2e38) {
                stackReference[depth] = rc;
                stackNear[depth] = c;
                depth += 1u;
            }
            if (b < 2e38) {
                stackReference[depth] = rb;
                stackNear[depth] = b;
                depth += 1u;
            }
            if (a < 2e38) {
                reference = ra;
                continue;
            }
        } else if (!inMesh) {
            instance = reference & 0x07ffffffu;
            let row = instanceRow(instance);
            o = transformPoint(row, origin);
            d = transformVector(row, direction);
            inverse = safeInverse(d);
            inMesh = true;
            meshBase = depth;
            reference = tables[row + 6u].x;
            continue;
        } else {
            let first = reference & 0x07ffffffu;
            let count = (reference >> 27u) & 15u;
            for (var i = first; i < first + count; i += 1u) {
                let r0 = triangles[i * 3u];
                let v0 = bitcast<vec3f>(r0.xyz);
                let e1 = bitcast<vec3f>(triangles[i * 3u + 1u].xyz);
                let e2 = bitcast<vec3f>(triangles[i * 3u + 2u].xyz);
                let p = cross(d, e2);
                let det = dot(e1, p);
                let inverseDet = 1.0 / det;
                let s = o - v0;
                let u = dot(s, p) * inverseDet;
                let q = cross(s, e1);
                let v = dot(d, q) * inverseDet;
                let t = dot(e2, q) * inverseDet;
                if (det != 0.0 && min(u, v) >= -EDGE && u + v <= 1.0 + EDGE && t > 0.0 && t < hit.t) {
                    if ((r0.w & TRIANGLE_MAY_BE_TRANSPARENT) != 0u && isTransparent(i, instance, vec2f(u, v), key)) {
                        continue;
                    }
                    hit = Hit(t, vec2f(u, v), i, instance);
                }
            }
            if (anyHit && hit.triangle != NONE) {
                return hit;
            }
        }
        // Next from the stack, skipping what lies behind the hit; on the way the ray returns to the world.
        var found = false;
        loop {
            if (depth == 0u) {
                break;
            }
            if (inMesh && params.flattened == 0u && depth == meshBase) {
                inMesh = false;
                o = origin;
                d = direction;
                inverse = safeInverse(d);
            }
            depth -= 1u;
            if (stackNear[depth] <= hit.t) {
                reference = stackReference[depth];
                found = true;
                break;
            }
        }
        if (!found) {
            break;
        }
    }
    return hit;
}
