// What a hit looks like: position, normals, material with its textures, and the BSDF made from them. What many hits do not need
// stands in loops of one turn, which SwiftShader jumps over (see traverse.wgsl).
import package::params::{params, NONE};
import package::scene::{triangles, shading, tables, rowF, sourceOf, instanceRow, octahedral, triangleUv};
import package::scene::{transformPoint, transformVector, transformNormal, MATERIAL_ROWS};
import package::scene::{KIND_GLTF, KIND_DIFFUSE, KIND_CONDUCTOR, KIND_DIELECTRIC, KIND_PLASTIC};
import package::scene::{MATERIAL_DOUBLE_SIDED, MATERIAL_THIN, MATERIAL_NONLINEAR, MATERIAL_SPECULAR};
import package::texture::sampleTexture;
import package::variant::FLATTENED;
import package::traverse::Hit;
import package::bsdf::{Bsdf, specularShare};

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
    bsdf: Bsdf,
}

fn toWorld(s: Surface, v: vec3f) -> vec3f {
    return s.tangent * v.x + s.bitangent * v.y + s.normal * v.z;
}

fn toLocal(s: Surface, v: vec3f) -> vec3f {
    return vec3f(dot(s.tangent, v), dot(s.bitangent, v), dot(s.normal, v));
}

// Waechter and Binder 2019, "A fast and robust method for avoiding self-intersection": a few hundred ulps along the normal.
fn offsetOrigin(p: vec3f, n: vec3f) -> vec3f {
    let steps = vec3i(n * 256.0);
    let moved = bitcast<vec3f>(bitcast<vec3i>(p) + select(steps, -steps, p < vec3f(0.0)));
    return select(moved, p + n * (1.0 / 65536.0), abs(p) < vec3f(1.0 / 32.0));
}

// Radiance that the material sends out at uv, on the side that shines.
fn emissionOf(row: u32, uv: vec2f) -> vec3f {
    var emission = rowF(row + 2u).rgb;
    let picture = tables[row + 4u].x;
    while (picture != NONE && max(emission.r, max(emission.g, emission.b)) > 0.0) {
        emission *= sampleTexture(picture, uv).rgb;
        break;
    }
    return emission;
}

fn makeBsdf(row: u32, flags: u32, base: vec3f, metallic: f32, roughness: f32, front: bool, cosine: f32) -> Bsdf {
    let m1 = rowF(row + 1u);
    let ior = m1.z;
    let kind = flags & 15u;
    var b: Bsdf;
    b.alpha = roughness * roughness;
    b.thin = (flags & MATERIAL_THIN) != 0u;
    b.eta = select(1.0 / ior, ior, front || b.thin);
    b.tint = base;
    b.conductorK = vec3f(-1.0);
    if (kind == KIND_DIFFUSE) {
        b.diffuse = base;
        b.alpha = 0.0;
        return b;
    }
    if (kind == KIND_DIELECTRIC) {
        b.glass = 1.0;
        b.specular = 1.0;
        return b;
    }
    if (kind == KIND_CONDUCTOR) {
        b.conductorEta = rowF(row + 5u).rgb;
        b.conductorK = rowF(row + 6u).rgb;
        b.f0 = rowF(row + 7u).rgb;
        b.specular = 1.0;
        return b;
    }
    if (kind == KIND_PLASTIC) {
        let last = rowF(row + 7u);
        b.coat = ior;
        b.f0 = last.rgb;
        // Light that the coat throws back down meets the base again: a geometric series.
        let again = select(vec3f(1.0), base, (flags & MATERIAL_NONLINEAR) != 0u);
        b.diffuse = base / ((1.0 - again * last.a) * ior * ior);
        b.specular = specularShare(b, cosine);
        return b;
    }
    let r = (ior - 1.0) / (ior + 1.0);
    var dielectric = vec3f(r * r);
    b.baseF90 = 1.0;
    while ((flags & MATERIAL_SPECULAR) != 0u) {
        let last = rowF(row + 7u);
        dielectric = min(dielectric * last.rgb, vec3f(1.0)) * last.a;
        b.baseF90 = last.a;
        break;
    }
    b.baseF0 = max(dielectric.r, max(dielectric.g, dielectric.b));
    b.f0 = mix(dielectric, base, metallic);
    b.f90 = mix(b.baseF90, 1.0, metallic);
    b.diffuse = base * (1.0 - metallic);
    b.glass = m1.w * (1.0 - metallic);
    b.specular = specularShare(b, cosine);
    return b;
}

fn surfaceOf(hit: Hit, direction: vec3f) -> Surface {
    var s: Surface;
    let i = hit.triangle * 3u;
    let v0 = bitcast<vec3f>(triangles[i].xyz);
    let e1 = bitcast<vec3f>(triangles[i + 1u].xyz);
    let e2 = bitcast<vec3f>(triangles[i + 2u].xyz);
    let packed = shading[i];
    let uv01 = bitcast<vec4f>(shading[i + 1u]);
    let last = shading[i + 2u];
    let uv2 = bitcast<vec2f>(last.xy);
    let w = 1.0 - hit.uv.x - hit.uv.y;
    let uv = uv01.xy * w + uv01.zw * hit.uv.x + uv2 * hit.uv.y;
    s.position = v0 + e1 * hit.uv.x + e2 * hit.uv.y;
    var geometric = cross(e1, e2);
    var normal = octahedral(packed.x) * w + octahedral(packed.y) * hit.uv.x + octahedral(packed.z) * hit.uv.y;
    let duv1 = uv01.zw - uv01.xy;
    let duv2 = uv2 - uv01.xy;
    // Along +u.
    var tangent = e1 * duv2.y - e2 * duv1.y;
    var handedness = duv1.x * duv2.y - duv2.x * duv1.y;
    tangent *= select(1.0, -1.0, handedness < 0.0);
    var first = 0u;
    if (!FLATTENED) {
        let row = instanceRow(hit.instance);
        s.position = transformPoint(row + 3u, s.position);
        geometric = transformNormal(row, geometric);
        normal = transformNormal(row, normal);
        tangent = transformVector(row + 3u, tangent);
        let tree = tables[row + 6u];
        first = tree.y;
        handedness *= select(1.0, -1.0, tree.z != 0u);
    }
    s.origin = tables[params.sourceBase + first + packed.w];
    let material = params.materialBase + s.origin.x * MATERIAL_ROWS;
    let m0 = rowF(material);
    let m1 = rowF(material + 1u);
    let m3 = tables[material + 3u];
    let m4 = tables[material + 4u];

    geometric = normalize(geometric);
    let front = dot(geometric, direction) < 0.0;
    s.geometric = select(-geometric, geometric, front);
    normal = normalize(normal);
    normal = select(-normal, normal, front);
    while (m3.w != NONE && dot(tangent, tangent) > 0.0) {
        let scale = bitcast<f32>(m4.y);
        let bump = sampleTexture(m3.w, uv).xyz * 2.0 - 1.0;
        let t = normalize(tangent - normal * dot(normal, tangent));
        // Green points up the picture, against +v, whichever side is looked at.
        let up = cross(t, select(-normal, normal, front)) * select(1.0, -1.0, handedness < 0.0);
        let bent = (t * bump.x + up * bump.y) * scale + normal * bump.z;
        normal = normalize(bent);
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
    s.wo = toLocal(s, -direction);

    s.baseColor = m0.rgb;
    while (m3.y != NONE) {
        s.baseColor *= sampleTexture(m3.y, uv).rgb;
        break;
    }
    var metallic = m1.x;
    var roughness = m1.y;
    while (m3.z != NONE) {
        let mr = sampleTexture(m3.z, uv);
        metallic *= mr.b;
        roughness *= mr.g;
        break;
    }
    s.light = NONE;
    if (front || (m3.x & MATERIAL_DOUBLE_SIDED) != 0u) {
        s.emission = emissionOf(material, uv);
        if (s.origin.z != NONE) {
            s.light = s.origin.z + last.z;
        }
    }
    s.bsdf = makeBsdf(material, m3.x, s.baseColor, metallic, roughness, front, s.wo.z);
    return s;
}
