// What a hit looks like: position, normals, material with its textures, and the BSDF made from them. What a scene has
// not is left out when the pipeline is made (variant.wgsl): `if` and `while` alike cost SwiftShader all that stands in them.
import package::params::{params, NONE};
import package::scene::{triangleRow, shadingRow, tables, rowF, instanceRow, INSTANCE_MIRRORED};
import package::scene::{octahedral, triangleUv, vertexColor, TexturePoint};
import package::scene::{transformPoint, transformVector, transformNormal, MATERIAL_ROWS};
import package::scene::{MATERIAL_DOUBLE_SIDED, MATERIAL_THIN, MATERIAL_ATTENUATED, MATERIAL_CLEARCOAT, MATERIAL_ANISOTROPY};
import package::scene::MATERIAL_UNLIT;
import package::cone::coneAt;
import package::texture::sampleTexture;
import package::variant::{FLATTENED, PLAIN, TEXTURED, EXTENDED, COATED};
import package::traverse::Hit;
import package::bsdf::Bsdf;
import package::make_bsdf::{Point, makeBsdf};

struct Surface {
    position: vec3f,
    // World geometric normal on the side the ray came from.
    geometric: vec3f,
    // Shading frame; normal on the same side.
    tangent: vec3f,
    bitangent: vec3f,
    normal: vec3f,
    // Back along the ray, in the shading frame.
    wo: vec3f,
    emission: vec3f,
    // Index of this triangle's light, or NONE.
    light: u32,
    baseColor: vec3f,
    // (material, semantic id, first light, layer id)
    origin: vec4u,
    // Medium behind the surface, as the path state holds it; NONE: the same as before it.
    beyond: u32,
    bsdf: Bsdf,
    // Ray cone at the hit: width and growth; 1/m, positive if the surface bulges towards the viewer.
    cone: vec2f,
    curvature: f32,
}

fn toWorld(s: Surface, v: vec3f) -> vec3f {
    return s.tangent * v.x + s.bitangent * v.y + s.normal * v.z;
}

fn toLocal(s: Surface, v: vec3f) -> vec3f {
    return vec3f(dot(s.tangent, v), dot(s.bitangent, v), dot(s.normal, v));
}

// Bit of a packed tangent that says where the bitangent points: set, along cross(normal, tangent). A tangent is never 0.
const TANGENT_SIGN = 0x10000u;

// Waechter and Binder 2019, "A fast and robust method for avoiding self-intersection": a few hundred ulps along the normal.
fn offsetOrigin(p: vec3f, n: vec3f) -> vec3f {
    let steps = vec3i(n * 256.0);
    let moved = bitcast<vec3f>(bitcast<vec3i>(p) + select(steps, -steps, p < vec3f(0.0)));
    return select(moved, p + n * (1.0 / 65536.0), abs(p) < vec3f(1.0 / 32.0));
}

// Radiance that the material sends out, on the side that shines. Looked up without a footprint, so that light sampling and BSDF
// sampling find the same light. pictured: its texture is looked up, if it has one; cosine: of the triangle's own normal and the way
// to where it is seen, for the coat to take its part: see packages/pathtracer/src/lights/coat-emission.ts.
fn emissionOf(row: u32, uv: TexturePoint, pictured: bool, cosine: f32) -> vec3f {
    var emission = rowF(row + 2u).rgb;
    let picture = tables[row + 4u].x;
    while (pictured && picture != NONE && max(emission.r, max(emission.g, emission.b)) > 0.0) {
        emission *= sampleTexture(picture, uv).rgb;
        break;
    }
    while (COATED && (tables[row + 3u].x & MATERIAL_CLEARCOAT) != 0u) {
        let extension = params.materialBase + tables[row + 4u].z;
        let coat = tables[extension + 6u].x;
        var strength = rowF(extension).x;
        while (pictured && coat != NONE) {
            strength *= sampleTexture(coat, uv).r;
            break;
        }
        emission *= 1.0 - strength * (0.04 + 0.96 * pow(1.0 - min(abs(cosine), 1.0), 5.0));
        break;
    }
    return emission;
}

// Where the ray will be if it crosses this surface: for Surface.beyond.
fn beyond(material: u32, flags: u32, front: bool) -> u32 {
    if ((flags & MATERIAL_THIN) != 0u) {
        return NONE;
    }
    return select(0u, material + 1u, front && (flags & MATERIAL_ATTENUATED) != 0u);
}

// Along +u and up the picture, whichever side is looked at.
struct UvFrame {
    along: vec3f,
    up: vec3f,
    outward: vec3f,
}

fn uvFrame(tangent: vec3f, normal: vec3f, front: bool, handedness: f32) -> UvFrame {
    let outward = select(-normal, normal, front);
    let t = normalize(tangent - outward * dot(outward, tangent));
    return UvFrame(t, cross(outward, t) * handedness, outward);
}

// The bent surface has one normal, whichever side is looked at.
fn bentNormal(f: UvFrame, front: bool, picture: u32, uv: TexturePoint, scale: f32) -> vec3f {
    let bump = sampleTexture(picture, uv).xyz * 2.0 - 1.0;
    let bent = (f.along * bump.x + f.up * bump.y) * scale + f.outward * bump.z;
    return normalize(select(-bent, bent, front));
}

// The point with the area that a cone of this width covers, in texture coordinates. facing: twice the triangle's area as the ray
// sees it.
fn footprint(point: TexturePoint, triangle: u32, width: f32, facing: f32) -> TexturePoint {
    var out = point;
    let row = triangle * params.shadingRows;
    let square = width * width / max(facing, 1e-30);
    let uv01 = bitcast<vec4f>(shadingRow(row + 1u));
    out.area = square * doubleAreaOf(uv01, bitcast<vec2f>(shadingRow(row + 2u).xy));
    while (params.shadingRows > 3u) {
        let second01 = bitcast<vec4f>(shadingRow(row + 3u));
        out.area1 = square * doubleAreaOf(second01, bitcast<vec2f>(shadingRow(row + 4u).xy));
        break;
    }
    return out;
}

fn doubleAreaOf(uv01: vec4f, uv2: vec2f) -> f32 {
    let a = uv01.zw - uv01.xy;
    let b = uv2 - uv01.xy;
    return abs(a.x * b.y - a.y * b.x);
}

fn surfaceOf(hit: Hit, direction: vec3f, cone: u32) -> Surface {
    var s: Surface;
    let i = hit.triangle * 3u;
    let v0 = bitcast<vec3f>(triangleRow(i).xyz);
    let r1 = triangleRow(i + 1u);
    let r2 = triangleRow(i + 2u);
    let e1 = bitcast<vec3f>(r1.xyz);
    let e2 = bitcast<vec3f>(r2.xyz);
    let row = hit.triangle * params.shadingRows;
    let packed = shadingRow(row);
    let last = shadingRow(row + 2u);
    let w = 1.0 - hit.uv.x - hit.uv.y;
    let point = triangleUv(hit.triangle, hit.uv);
    s.position = v0 + e1 * hit.uv.x + e2 * hit.uv.y;
    var geometric = cross(e1, e2);
    let n0 = octahedral(packed.x);
    let n1 = octahedral(packed.y);
    let n2 = octahedral(packed.z);
    var normal = n0 * w + n1 * hit.uv.x + n2 * hit.uv.y;
    var volume = 1.0;
    let tangents = vec3u(r1.w, r2.w, last.w);
    var tangent = vec3f(0.0);
    var handedness = select(-1.0, 1.0, (tangents.x & TANGENT_SIGN) != 0u);
    while (TEXTURED && tangents.x != 0u) {
        tangent = octahedral(tangents.x & ~TANGENT_SIGN) * w + octahedral(tangents.y & ~TANGENT_SIGN) * hit.uv.x;
        tangent += octahedral(tangents.z & ~TANGENT_SIGN) * hit.uv.y;
        break;
    }
    var first = 0u;
    if (!FLATTENED) {
        let row = instanceRow(hit.instance);
        s.position = transformPoint(row + 3u, s.position);
        geometric = transformNormal(row, geometric);
        normal = transformNormal(row, normal);
        tangent = transformVector(row + 3u, tangent);
        let tree = tables[row + 6u];
        first = tree.y;
        handedness *= select(1.0, -1.0, (tree.z & INSTANCE_MIRRORED) != 0u);
        volume = bitcast<f32>(tree.w);
    }
    s.origin = tables[params.sourceBase + first + packed.w];
    let material = params.materialBase + s.origin.x * MATERIAL_ROWS;
    let m0 = rowF(material);
    let m1 = rowF(material + 1u);
    let m3 = tables[material + 3u];
    let m4 = tables[material + 4u];

    let front = dot(geometric, direction) < 0.0;
    var uv = point;
    if (!PLAIN) {
        s.cone = coneAt(cone, hit.t);
        // Twice the triangle's area as the ray sees it: what the transpose of the inverse leaves of the cross product, times the
        // determinant.
        uv = footprint(point, hit.triangle, s.cone.x, abs(dot(geometric, direction)) * volume);
        // How fast the normals turn along the edges.
        s.curvature = dot(n1 - n0, e1) / max(dot(e1, e1), 1e-30) + dot(n2 - n0, e2) / max(dot(e2, e2), 1e-30);
        s.curvature *= select(-0.5, 0.5, front) * pow(volume, -1.0 / 3.0);
    }
    geometric = normalize(geometric);
    s.geometric = select(-geometric, geometric, front);
    normal = normalize(normal);
    normal = select(-normal, normal, front);
    let smoothNormal = normal;
    let extension = params.materialBase + m4.z;
    while (TEXTURED && m3.w != NONE && dot(tangent, tangent) > 0.0) {
        let frame = uvFrame(tangent, normal, front, handedness);
        normal = bentNormal(frame, front, m3.w, uv, bitcast<f32>(m4.y));
        break;
    }
    // A normal that looks away from the viewer has no meaning there: the surface is flat for it.
    if (!(dot(normal, direction) < -1e-4)) {
        normal = s.geometric;
    }
    s.normal = normal;
    // Duff et al. 2017, "Building an orthonormal basis, revisited".
    let sign = select(-1.0, 1.0, normal.z >= 0.0);
    let a = -1.0 / (sign + normal.z);
    let c = normal.x * normal.y * a;
    s.tangent = vec3f(1.0 + sign * normal.x * normal.x * a, sign * c, -sign * normal.x);
    s.bitangent = vec3f(c, sign + normal.y * normal.y * a, -normal.y);
    var anisotropy = 0.0;
    while (EXTENDED && (m3.x & MATERIAL_ANISOTROPY) != 0u && dot(tangent, tangent) > 0.0) {
        let stretch = rowF(extension + 3u);
        let picture = tables[extension + 7u].w;
        var way = stretch.yz;
        anisotropy = stretch.x;
        while (picture != NONE) {
            let texel = sampleTexture(picture, uv).xyz;
            let turned = texel.xy * 2.0 - 1.0;
            way = vec2f(way.x * turned.x - way.y * turned.y, way.y * turned.x + way.x * turned.y);
            anisotropy *= texel.z;
            break;
        }
        let frame = uvFrame(tangent, normal, front, handedness);
        let t = frame.along * way.x + frame.up * way.y;
        if (dot(t, t) > 1e-8) {
            s.tangent = normalize(t);
            s.bitangent = cross(normal, s.tangent);
        }
        break;
    }
    s.wo = toLocal(s, -direction);
    var coatNormal = vec3f(0.0, 0.0, 1.0);
    while (EXTENDED && (m3.x & MATERIAL_CLEARCOAT) != 0u) {
        // The coat lies smoothly over the bumps of what it covers, unless it has its own.
        let picture = tables[extension + 6u].z;
        var n = smoothNormal;
        while (picture != NONE && dot(tangent, tangent) > 0.0) {
            n = bentNormal(uvFrame(tangent, smoothNormal, front, handedness), front, picture, uv, rowF(extension).z);
            break;
        }
        let local = toLocal(s, n);
        coatNormal = select(coatNormal, local, local.z > 0.01 && dot(local, s.wo) > 1e-3);
        break;
    }

    s.baseColor = m0.rgb * vertexColor(hit.triangle, hit.uv).rgb;
    while (TEXTURED && m3.y != NONE) {
        s.baseColor *= sampleTexture(m3.y, uv).rgb;
        break;
    }
    var metallic = m1.x;
    var roughness = m1.y;
    while (TEXTURED && m3.z != NONE) {
        let mr = sampleTexture(m3.z, uv);
        metallic *= mr.b;
        roughness *= mr.g;
        break;
    }
    s.light = NONE;
    if (front || (m3.x & MATERIAL_DOUBLE_SIDED) != 0u) {
        s.emission = emissionOf(material, point, TEXTURED, dot(s.geometric, direction));
        while ((m3.x & MATERIAL_UNLIT) != 0u) {
            s.emission *= vertexColor(hit.triangle, hit.uv).rgb;
            break;
        }
        if (s.origin.z != NONE) {
            s.light = s.origin.z + last.z;
        }
    }
    s.beyond = beyond(s.origin.x, m3.x, front);
    s.bsdf = makeBsdf(
        Point(material, extension, m3.x, front, s.baseColor, metallic, roughness, anisotropy, uv, s.wo, coatNormal),
    );
    return s;
}
