// Ray against scene: one loop over the compressed 4-wide nodes of the top tree and of the meshes' trees (merged, as
// three-gpu-pathtracer #773 found it to pay), triangles by Moeller and Trumbore 1997. The node layout is in
// packages/pathtracer/src/bvh/wide-bvh.ts; the TypeScript twin is packages/pathtracer/src/bvh/traverse-bvh.ts.
//
// Inner nodes are opened in a loop of their own ("while-while", Aila and Laine 2009) and triangles tried in another, one a turn,
// across leaves: after it every ray stands at an inner node again. What is rare, a transparent triangle, waits for the end of the
// traversal. The reason, read from its machine code: SwiftShader runs whatever stands in a loop at least once for four rays
// together, with `if` and `while` alike masking results only, so code costs what its loop costs whether a ray needs it or not.
// GPUs gain as well: rays of a warp are at the same work more often.
import package::params::{params, NONE};
import package::random::randomOfTriangle;
@if(!SPLIT)
import package::scene::triangles;
import package::scene::{triangleRow, indexInMesh, tables, transformPoint, transformVector, instanceRow, sourceOf};
import package::scene::{triangleUv, vertexColor};
import package::scene::{TRIANGLE_MAY_BE_TRANSPARENT, TRIANGLE_CULLED, INSTANCE_CULLED};
import package::scene::{MATERIAL_ROWS, MATERIAL_MASK, MATERIAL_BLEND};
import package::alpha::opacityOf;
@if(SPLIT)
import package::split::splitPlace;
import package::variant::{FLATTENED, OPAQUE, SOLID, lower, higher};

@if(!SPLIT)
@group(0) @binding(1) var<storage, read> nodes: array<vec4u>;
@if(SPLIT)
@group(0) @binding(1) var nodes: texture_2d_array<u32>;

@if(!SPLIT)
fn nodeRow(index: u32) -> vec4u {
    return nodes[index];
}
@if(SPLIT)
fn nodeRow(index: u32) -> vec4u {
    let place = splitPlace(index);
    return textureLoad(nodes, place.xy, place.z, 0);
}

struct Hit {
    t: f32,
    // Barycentric coordinates of v1 and v2.
    uv: vec2f,
    // NONE if nothing was hit.
    triangle: u32,
    instance: u32,
}

// A reference below LEAF is an inner node. Above it holds a leaf: 4 bits of the count of triangles that are left, 27 bits of the
// next one. A leaf of which nothing is left asks for the next reference of the stack.
const LEAF = 0x80000000u;
const FIRST_MASK = 0x07ffffffu;
const ONE_LESS = 0x08000000u;
const EMPTY_LEAF = LEAF;
// No node: the traversal is over, or stands still until a transparent triangle was looked at.
const END = 0xffffffffu;
const STACK_SIZE = 64u;
const FAR_AWAY = 3e38;
// Rounding leaves u and v of a ray in doubt by this times the way to the triangle over the triangle's size. Triangles are wider by
// that, but by no more than themselves: no ray slips between two that share an edge or a corner, from however far. With a fixed
// 1e-6 instead, 1 to 14 % of the rays at edges of spheres and cubes went through at 3 to 1000 radii, and 0.15 % of all rays at
// 1000; now none of those that packages/pathtracer/test/gpu/traversal.test.ts sends. The most that rounding can do is 6 times as
// much, but sizes are taken generously (sums of coordinates), and what is alone is wider too: a triangle of 3 cm by some 0.0006
// of its area at 7 m. Sizes lie in a free word of the triangles: working them out here took 1.23 times the processor time for a
// scene of 14,000 triangles on SwiftShader.
const ROUNDING = 1e-7;
// Beyond this share of a triangle's size, as seen along the ray, its t could be anything.
const MOST_DOUBT = 0.17;

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
    let source = sourceOf(instance, triangle);
    let material = params.materialBase + source.x * MATERIAL_ROWS;
    let flags = tables[material + 3u];
    if ((flags.x & (MATERIAL_MASK | MATERIAL_BLEND)) == 0u) {
        return false;
    }
    let alpha = opacityOf(material, vertexColor(triangle, b).a, triangleUv(triangle, b));
    if ((flags.x & MATERIAL_MASK) != 0u) {
        return alpha <= 0.0;
    }
    // By the triangle's place in the scene, not in the buffers: whatever the tree, the choice is the same.
    return randomOfTriangle(key, source.w, indexInMesh(triangle)) >= alpha;
}

// The ray in the space of the tree that it is in.
var<private> localOrigin: vec3f;
var<private> localDirection: vec3f;
var<private> localInverse: vec3f;
// ROUNDING times the length of the direction, and times its square.
var<private> rayRounding: vec2f;
var<private> inMesh: bool;
var<private> meshBase: u32;
// Bits of the instance that the ray is in.
var<private> instanceFlags: u32;
var<private> depth: u32;

fn roundingOf(d: vec3f) -> vec2f {
    return ROUNDING * vec2f(length(d), dot(d, d));
}

fn enterWorld(origin: vec3f, direction: vec3f) {
    localOrigin = origin;
    localDirection = direction;
    localInverse = safeInverse(direction);
    rayRounding = roundingOf(direction);
    inMesh = FLATTENED;
}

// Into an instance's tree: returns its root.
fn enterMesh(instance: u32, origin: vec3f, direction: vec3f) -> u32 {
    let row = instanceRow(instance);
    localOrigin = transformPoint(row, origin);
    localDirection = transformVector(row, direction);
    localInverse = safeInverse(localDirection);
    rayRounding = roundingOf(localDirection);
    inMesh = true;
    meshBase = depth;
    instanceFlags = tables[row + 6u].z;
    return tables[row + 6u].x;
}

fn isInner(reference: u32) -> bool {
    return reference < LEAF;
}

fn isEmpty(reference: u32) -> bool {
    return reference - LEAF < ONE_LESS;
}

// One step down the stack: a reference, an empty leaf if what lay there is farther than t, END at the bottom. Where the stack of
// an instance's tree ends the ray returns to the world.
fn pop(t: f32, origin: vec3f, direction: vec3f) -> u32 {
    if (!FLATTENED) {
        if (inMesh && depth == meshBase) {
            enterWorld(origin, direction);
        }
    }
    if (depth == 0u) {
        return END;
    }
    depth -= 1u;
    return select(EMPTY_LEAF, stackReference[depth], stackNear[depth] <= t);
}

// Near distances of a node's four children, FAR_AWAY for those that the ray misses; their references.
struct Children {
    near: vec4f,
    references: vec4u,
}

fn openNode(index: u32, tMax: f32) -> Children {
    let n0 = nodeRow(index * 4u);
    let n1 = nodeRow(index * 4u + 1u);
    let n2 = nodeRow(index * 4u + 2u);
    @if(!SPLIT)
    let n3 = &nodes[index * 4u + 3u];
    @if(SPLIT)
    var n3Copy = nodeRow(index * 4u + 3u);
    @if(SPLIT)
    let n3 = &n3Copy;
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
    let tNear = higher(higher(nearX, nearY), higher(nearZ, vec4f(0.0)));
    // Ize 2013, "Robust BVH ray traversal": widened by the rounding of the products above.
    let tFar = lower(lower(farX, farY), lower(farZ, vec4f(tMax))) * 1.0000005;
    let references = vec4u(n2.zw, (*n3).x, (*n3).y);
    return Children(select(vec4f(FAR_AWAY), tNear, tNear <= tFar), references);
}

fn push(near: f32, reference: u32) {
    if (near < FAR_AWAY) {
        stackReference[depth] = reference;
        stackNear[depth] = near;
    }
    depth += select(0u, 1u, near < FAR_AWAY);
}

// Opens a node: pushes what the ray meets but the nearest, and returns that, or an empty leaf.
fn descend(node: u32, t: f32) -> u32 {
    let children = openNode(node, t);
    // Sorting network for 4 on the distance; misses go last.
    let n = children.near;
    let r = children.references;
    let xy = n.y < n.x;
    let zw = n.w < n.z;
    let near = vec4f(select(n.x, n.y, xy), select(n.z, n.w, zw), select(n.y, n.x, xy), select(n.w, n.z, zw));
    let refs = vec4u(select(r.x, r.y, xy), select(r.z, r.w, zw), select(r.y, r.x, xy), select(r.w, r.z, zw));
    let firsts = near.y < near.x;
    let lasts = near.w < near.z;
    let nearest = select(near.x, near.y, firsts);
    let third = select(refs.y, refs.x, firsts);
    let thirdNear = select(near.y, near.x, firsts);
    let second = select(refs.z, refs.w, lasts);
    let secondNear = select(near.z, near.w, lasts);
    let swap = secondNear < thirdNear;
    push(select(near.w, near.z, lasts), select(refs.w, refs.z, lasts));
    push(select(secondNear, thirdNear, swap), select(second, third, swap));
    push(select(thirdNear, secondNear, swap), select(third, second, swap));
    return select(EMPTY_LEAF, select(refs.x, refs.y, firsts), nearest < FAR_AWAY);
}

// t, u, v, and whether that is a hit nearer than tMax.
struct TriangleHit {
    t: f32,
    uv: vec2f,
    accepted: bool,
}

// True if a triangle with this word is there for a ray that meets its back. (Triangles of an instance are in its own space, where
// a mirrored one has its winding still: the sign of det is the same there.)
fn hasBack(word: u32) -> bool {
    if (FLATTENED) {
        return (word & TRIANGLE_CULLED) == 0u;
    }
    return (instanceFlags & INSTANCE_CULLED) == 0u;
}

fn tryTriangle(index: u32, tMax: f32) -> TriangleHit {
    @if(!SPLIT)
    let r0 = &triangles[index * 3u];
    @if(SPLIT)
    var r0Copy = triangleRow(index * 3u);
    @if(SPLIT)
    let r0 = &r0Copy;
    @if(!SPLIT)
    let r1 = &triangles[index * 3u + 1u];
    @if(SPLIT)
    var r1Copy = triangleRow(index * 3u + 1u);
    @if(SPLIT)
    let r1 = &r1Copy;
    @if(!SPLIT)
    let r2 = &triangles[index * 3u + 2u];
    @if(SPLIT)
    var r2Copy = triangleRow(index * 3u + 2u);
    @if(SPLIT)
    let r2 = &r2Copy;
    // Word by word: SwiftShader loads what is named, GPUs' compilers join neighbours.
    let v0 = bitcast<vec3f>(vec3u((*r0).x, (*r0).y, (*r0).z));
    let e1 = bitcast<vec3f>(vec3u((*r1).x, (*r1).y, (*r1).z));
    let e2 = bitcast<vec3f>(vec3u((*r2).x, (*r2).y, (*r2).z));
    let p = cross(localDirection, e2);
    let det = dot(e1, p);
    let inverseDet = 1.0 / det;
    let s = localOrigin - v0;
    // The flags in its lowest bits are nothing beside its rounding.
    let size = bitcast<f32>((*r0).w);
    let doubt = size * rayRounding.x;
    let share = size * abs(inverseDet);
    let u = dot(s, p) * inverseDet;
    let q = cross(s, e1);
    let v = dot(localDirection, q) * inverseDet;
    let t = dot(e2, q) * inverseDet;
    let width = (t * rayRounding.y + doubt) * share;
    let slack = select(1.0, width, width < 1.0);
    // Without area, or seen edge-on: t could be anything. Its neighbours cover what is left out.
    let inside = doubt * share < MOST_DOUBT && u >= -slack && v >= -slack && u + v <= 1.0 + slack;
    let faces = SOLID || det > 0.0 || hasBack((*r0).w);
    return TriangleHit(t, vec2f(u, v), inside && faces && t > 0.0 && t < tMax);
}

fn mayBeTransparent(triangle: u32) -> bool {
    return !OPAQUE && (triangleRow(triangle * 3u).w & TRIANGLE_MAY_BE_TRANSPARENT) != 0u;
}

// The nearest hit within tMax. key is (pixel, sample, bounce), for alpha blend.
fn trace(origin: vec3f, direction: vec3f, tMax: f32, key: vec3u) -> Hit {
    var hit = Hit(tMax, vec2f(0.0), NONE, 0u);
    var instance = 0u;
    // A transparent triangle that was hit, and where to go on.
    var waiting = Hit(0.0, vec2f(0.0), NONE, 0u);
    var resume = END;
    depth = 0u;
    enterWorld(origin, direction);
    var reference = params.rootNode;
    loop {
        loop {
            loop {
                if (isInner(reference)) {
                    reference = descend(reference, hit.t);
                }
                if (isEmpty(reference)) {
                    reference = pop(hit.t, origin, direction);
                }
                if (!isInner(reference) && !isEmpty(reference)) {
                    break;
                }
            }
            if (!FLATTENED) {
                if (reference != END && !inMesh) {
                    instance = reference & FIRST_MASK;
                    reference = enterMesh(instance, origin, direction);
                }
            }
            loop {
                if (!isInner(reference) && !isEmpty(reference) && reference != END) {
                    let triangle = reference & FIRST_MASK;
                    let found = tryTriangle(triangle, hit.t);
                    reference = reference + 1u - ONE_LESS;
                    if (found.accepted) {
                        if (mayBeTransparent(triangle)) {
                            waiting = Hit(found.t, found.uv, triangle, instance);
                            resume = reference;
                            reference = END;
                        } else {
                            hit = Hit(found.t, found.uv, triangle, instance);
                        }
                    }
                }
                if (isEmpty(reference)) {
                    reference = pop(hit.t, origin, direction);
                }
                if (isInner(reference) || reference == END || !inMesh) {
                    break;
                }
            }
            if (reference == END) {
                break;
            }
        }
        if (OPAQUE || resume == END) {
            break;
        }
        if (!isTransparent(waiting.triangle, waiting.instance, waiting.uv, key)) {
            hit = waiting;
        }
        reference = resume;
        resume = END;
    }
    // Within the triangle, for whatever is interpolated over it.
    let uv = max(hit.uv, vec2f(0.0));
    hit.uv = uv / max(1.0, uv.x + uv.y);
    return hit;
}

// True if anything lies within tMax: no order, and the first hit is enough. Shadow rays make random choices of their own: with
// those of the ray that found the surface, light would always pass where the eye does.
fn occluded(origin: vec3f, direction: vec3f, tMax: f32, key: vec3u) -> bool {
    var found = false;
    var instance = 0u;
    var waiting = Hit(0.0, vec2f(0.0), NONE, 0u);
    var resume = END;
    depth = 0u;
    enterWorld(origin, direction);
    var reference = params.rootNode;
    loop {
        loop {
            loop {
                if (isInner(reference)) {
                    let children = openNode(reference, tMax);
                    push(children.near.x, children.references.x);
                    push(children.near.y, children.references.y);
                    push(children.near.z, children.references.z);
                    reference = select(EMPTY_LEAF, children.references.w, children.near.w < FAR_AWAY);
                }
                if (isEmpty(reference)) {
                    reference = pop(tMax, origin, direction);
                }
                if (!isInner(reference) && !isEmpty(reference)) {
                    break;
                }
            }
            if (!FLATTENED) {
                if (reference != END && !inMesh) {
                    instance = reference & FIRST_MASK;
                    reference = enterMesh(instance, origin, direction);
                }
            }
            loop {
                if (!isInner(reference) && !isEmpty(reference) && reference != END) {
                    let triangle = reference & FIRST_MASK;
                    let met = tryTriangle(triangle, tMax);
                    reference = reference + 1u - ONE_LESS;
                    if (met.accepted) {
                        if (mayBeTransparent(triangle)) {
                            waiting = Hit(met.t, met.uv, triangle, instance);
                            resume = reference;
                        } else {
                            found = true;
                        }
                        reference = END;
                    }
                }
                if (isEmpty(reference)) {
                    reference = pop(tMax, origin, direction);
                }
                if (isInner(reference) || reference == END || !inMesh) {
                    break;
                }
            }
            if (reference == END) {
                break;
            }
        }
        if (OPAQUE || found || resume == END) {
            break;
        }
        found = !isTransparent(waiting.triangle, waiting.instance, waiting.uv, vec3u(key.x, ~key.y, key.z));
        reference = select(resume, END, found);
        resume = END;
    }
    return found;
}
