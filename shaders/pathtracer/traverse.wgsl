// Ray against scene: one loop over the compressed 4-wide nodes of the top tree and of the meshes' trees (merged, as
// three-gpu-pathtracer #773 found it to pay), triangles by Moeller and Trumbore 1997. The node layout is in
// packages/pathtracer/src/bvh/wide-bvh.ts; the TypeScript twin is packages/pathtracer/src/bvh/traverse-bvh.ts.
//
// Inner nodes are opened in a loop of their own ("while-while", Aila and Laine 2009), and what is rare (a change of tree, a
// transparent triangle) stands in a loop that ends after one turn: SwiftShader runs both sides of an `if` for every lane and
// masks the results, but jumps over a loop that no lane enters.
import package::params::{params, NONE};
import package::random::randomOfTriangle;
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
// One more than a tree may need: a push writes before it knows whether it counts.
const STACK_SIZE = 66u;
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
    return randomOfTriangle(key, triangle) >= alpha;
}

// No node: the traversal is over.
const END = 0xffffffffu;

// The ray in the space of the tree that it is in.
var<private> localOrigin: vec3f;
var<private> localDirection: vec3f;
var<private> localInverse: vec3f;
var<private> inMesh: bool;
var<private> meshBase: u32;
var<private> depth: u32;

fn enterWorld(origin: vec3f, direction: vec3f) {
    localOrigin = origin;
    localDirection = direction;
    localInverse = safeInverse(direction);
    inMesh = params.flattened != 0u;
}

// Into an instance's tree: returns its root.
fn enterMesh(instance: u32, origin: vec3f, direction: vec3f) -> u32 {
    let row = instanceRow(instance);
    localOrigin = transformPoint(row, origin);
    localDirection = transformVector(row, direction);
    localInverse = safeInverse(localDirection);
    inMesh = true;
    meshBase = depth;
    return tables[row + 6u].x;
}

// The next reference from the stack that may hold something nearer than t, or END; on the way the ray returns to the world.
fn pop(t: f32, origin: vec3f, direction: vec3f) -> u32 {
    var reference = END;
    loop {
        if (depth == 0u) {
            break;
        }
        while (inMesh && params.flattened == 0u && depth == meshBase) {
            enterWorld(origin, direction);
        }
        depth -= 1u;
        if (stackNear[depth] <= t) {
            reference = stackReference[depth];
            break;
        }
    }
    return reference;
}

// Near distances of a node's four children, FAR_AWAY for those that the ray misses; their references.
struct Children {
    near: vec4f,
    references: vec4u,
}

const FAR_AWAY = 3e38;

fn openNode(index: u32, tMax: f32) -> Children {
    let n0 = nodes[index * 4u];
    let n1 = nodes[index * 4u + 1u];
    let n2 = nodes[index * 4u + 2u];
    // unpack4x8unorm divides by 255; the scale takes it back.
    let exponents = vec3u(n0.w & 255u, (n0.w >> 8u) & 255u, (n0.w >> 16u) & 255u) << vec3u(23u);
    let step = bitcast<vec3f>(exponents) * 255.0 * localInverse;
    let start = (bitcast<vec3f>(n0.xyz) - localOrigin) * localInverse;
    let low = n1.xyz;
    let high = vec3u(n1.w, n2.xy);
    let backward = localDirection < vec3f(0.0);
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
    let tFar = min(min(farX, farY), min(farZ, vec4f(tMax))) * 1.0000005;
    let references = vec4u(n2.zw, nodes[index * 4u + 3u].x, nodes[index * 4u + 3u].y);
    return Children(select(vec4f(FAR_AWAY), tNear, tNear <= tFar), references);
}

fn push(near: f32, reference: u32) {
    stackReference[depth] = reference;
    stackNear[depth] = near;
    depth += select(0u, 1u, near < FAR_AWAY);
}

// Tries the triangles of a leaf and returns the nearest hit within hit.t.
fn tryLeaf(leaf: u32, before: Hit, instance: u32, key: vec3u) -> Hit {
    var hit = before;
    let first = leaf & 0x07ffffffu;
    let end = first + ((leaf >> 27u) & 15u);
    let o = localOrigin;
    let d = localDirection;
    for (var i = first; i < end; i += 1u) {
        let r0 = triangles[i * 3u];
        let e1 = bitcast<vec3f>(triangles[i * 3u + 1u].xyz);
        let e2 = bitcast<vec3f>(triangles[i * 3u + 2u].xyz);
        let p = cross(d, e2);
        let det = dot(e1, p);
        let inverseDet = 1.0 / det;
        let s = o - bitcast<vec3f>(r0.xyz);
        let u = dot(s, p) * inverseDet;
        let q = cross(s, e1);
        let v = dot(d, q) * inverseDet;
        let t = dot(e2, q) * inverseDet;
        var accepted = det != 0.0 && min(u, v) >= -EDGE && u + v <= 1.0 + EDGE && t > 0.0 && t < hit.t;
        while (accepted && (r0.w & TRIANGLE_MAY_BE_TRANSPARENT) != 0u) {
            accepted = !isTransparent(i, instance, vec2f(u, v), key);
            break;
        }
        if (accepted) {
            hit = Hit(t, vec2f(u, v), i, instance);
        }
    }
    return hit;
}

// The nearest hit within tMax. key is (pixel, sample, bounce), for alpha blend.
fn trace(origin: vec3f, direction: vec3f, tMax: f32, key: vec3u) -> Hit {
    var hit = Hit(tMax, vec2f(0.0), NONE, 0u);
    var instance = 0u;
    depth = 0u;
    enterWorld(origin, direction);
    var reference = params.rootNode;
    loop {
        while (reference < LEAF) {
            let children = openNode(reference, hit.t);
            // Sorting network for 4 on the distance; misses go last.
            let n = children.near;
            let r = children.references;
            let xy = n.y < n.x;
            let zw = n.w < n.z;
            var near = vec4f(min(n.xz, n.yw), max(n.xz, n.yw));
            var refs = vec4u(select(r.x, r.y, xy), select(r.z, r.w, zw), select(r.y, r.x, xy), select(r.w, r.z, zw));
            let firsts = near.y < near.x;
            let lasts = near.w < near.z;
            let nearest = min(near.x, near.y);
            let farthest = max(near.z, near.w);
            reference = select(refs.x, refs.y, firsts);
            let third = select(refs.y, refs.x, firsts);
            let thirdNear = max(near.x, near.y);
            let second = select(refs.z, refs.w, lasts);
            let secondNear = min(near.z, near.w);
            let swap = secondNear < thirdNear;
            push(farthest, select(refs.w, refs.z, lasts));
            push(max(secondNear, thirdNear), select(second, third, swap));
            push(min(secondNear, thirdNear), select(third, second, swap));
            while (nearest == FAR_AWAY) {
                reference = pop(hit.t, origin, direction);
                break;
            }
        }
        if (reference == END) {
            break;
        }
        var entered = false;
        while (!inMesh) {
            instance = reference & 0x07ffffffu;
            reference = enterMesh(instance, origin, direction);
            entered = true;
        }
        while (!entered) {
            hit = tryLeaf(reference, hit, instance, key);
            reference = pop(hit.t, origin, direction);
            break;
        }
    }
    return hit;
}

// True if anything lies within tMax: no order, and the first hit is enough.
fn occluded(origin: vec3f, direction: vec3f, tMax: f32, key: vec3u) -> bool {
    let none = Hit(tMax, vec2f(0.0), NONE, 0u);
    var found = false;
    var instance = 0u;
    depth = 0u;
    enterWorld(origin, direction);
    var reference = params.rootNode;
    loop {
        while (reference < LEAF) {
            let children = openNode(reference, tMax);
            push(children.near.x, children.references.x);
            push(children.near.y, children.references.y);
            push(children.near.z, children.references.z);
            push(children.near.w, children.references.w);
            reference = pop(tMax, origin, direction);
        }
        if (reference == END) {
            break;
        }
        var entered = false;
        while (!inMesh) {
            instance = reference & 0x07ffffffu;
            reference = enterMesh(instance, origin, direction);
            entered = true;
        }
        while (!entered) {
            found = tryLeaf(reference, none, instance, key).triangle != NONE;
            reference = pop(tMax, origin, direction);
            break;
        }
        if (found) {
            break;
        }
    }
    return found;
}
