// The light tree: which of many lights a point is best lit by. Nodes and importance are described in
// packages/pathtracer/src/lights/light-tree.ts and light-importance.ts, the twin. Two loads of 16 bytes a child, no stack.
import package::params::{params, NONE};
import package::scene::{tables, rowF, octahedral};

const LEAF = 0x80000000u;
const GRAZING = 0.1;
const DIGITS = 0.0009765625;
const ALMOST_ONE = 0.99999994;

// Bounds the light that a node can give at p, on a surface of normal n.
fn lightImportance(row: u32, p: vec3f, n: vec3f) -> f32 {
    let place = rowF(row);
    let rest = tables[row + 1u];
    let intensity = bitcast<f32>(rest.x);
    let v = p - place.xyz;
    let square = dot(v, v);
    let base = abs(intensity) / max(max(square, place.w), 1e-12);
    if (square <= place.w) {
        return base;
    }
    let w = v * inverseSqrt(square);
    let sinB2 = place.w / square;
    let sinB = sqrt(sinB2);
    let cosB = sqrt(max(1.0 - sinB2, 0.0));
    let along = dot(octahedral(rest.y), w);
    let cosW = select(along, abs(along), intensity < 0.0);
    let sinW = sqrt(max(1.0 - cosW * cosW, 0.0));
    let cone = unpack2x16snorm(rest.z);
    let sinO = sqrt(max(1.0 - cone.x * cone.x, 0.0));
    let within = cosW > cone.x;
    let cosX = select(cosW * cone.x + sinW * sinO, 1.0, within);
    let sinX = select(sinW * cone.x - cosW * sinO, 0.0, within);
    let cosP = select(cosX * cosB + sinX * sinB, 1.0, cosX > cosB);
    let cosI = -dot(n, w);
    let sinI = sqrt(max(1.0 - cosI * cosI, 0.0));
    let facing = select(cosI * cosB + sinI * sinB, 1.0, cosI > cosB);
    return select(base * max(cosP, 1e-3) * max(facing, GRAZING), 0.0, cosP <= cone.y);
}

struct ChosenLight {
    // Its row among the lights.
    light: u32,
    // 0: none can contribute here.
    pmf: f32,
}

fn chooseFromTree(p: vec3f, n: vec3f, first: f32, second: f32) -> ChosenLight {
    var node = params.lightTreeBase;
    var pmf = 1.0;
    var rest = first;
    var spare = true;
    loop {
        let link = tables[node + 1u].w;
        if ((link & LEAF) != 0u) {
            return ChosenLight(link & ~LEAF, pmf);
        }
        let child = params.lightTreeBase + link * 2u;
        let left = lightImportance(child, p, n);
        let total = left + lightImportance(child + 2u, p, n);
        if (!(total > 0.0)) {
            return ChosenLight(0u, 0.0);
        }
        let share = left / total;
        let goLeft = rest < share;
        let chosen = select(1.0 - share, share, goLeft);
        rest = min(select(rest - share, rest, goLeft) / chosen, ALMOST_ONE);
        node = select(child + 2u, child, goLeft);
        pmf *= chosen;
        if (spare && pmf < DIGITS) {
            rest = second;
            spare = false;
        }
    }
}

// Probability that chooseFromTree chooses the light at the end of a trail: lowest bit first, 1 for right.
fn treeProbability(trail: u32, p: vec3f, n: vec3f) -> f32 {
    var node = params.lightTreeBase;
    var way = trail;
    var pmf = 1.0;
    loop {
        let link = tables[node + 1u].w;
        if ((link & LEAF) != 0u) {
            return pmf;
        }
        let child = params.lightTreeBase + link * 2u;
        let left = lightImportance(child, p, n);
        let total = left + lightImportance(child + 2u, p, n);
        if (!(total > 0.0)) {
            return 0.0;
        }
        let share = left / total;
        let right = (way & 1u) != 0u;
        pmf *= select(share, 1.0 - share, right);
        node = select(child, child + 2u, right);
        way >>= 1u;
    }
}
