// Rays of the camera: perspective, orthographic or equirectangular, with a thin lens. What few cameras need stands in loops of one
// turn (see traverse.wgsl). Twin of packages/pathtracer/src/scene/camera.ts.
import package::params::{params, PI};
import package::random::{random4, BLOCK_CAMERA};

const CAMERA_ORTHOGRAPHIC = 1u;
const CAMERA_EQUIRECTANGULAR = 2u;

struct CameraRay {
    origin: vec3f,
    direction: vec3f,
}

// A point of the aperture, in lens radii.
fn apertureSample(u: vec2f) -> vec2f {
    let radius = sqrt(u.y);
    let corners = f32(params.lensBlades);
    let turn = 2.0 * PI * u.x;
    var p = vec2f(cos(turn), sin(turn));
    while (params.lensBlades != 0u) {
        let blade = floor(u.x * corners);
        let a = 2.0 * PI * blade / corners;
        let b = 2.0 * PI * (blade + 1.0) / corners;
        p = mix(vec2f(cos(a), sin(a)), vec2f(cos(b), sin(b)), u.x * corners - blade);
        break;
    }
    return radius * p;
}

fn toWorldAxes(v: vec3f) -> vec3f {
    return params.cameraRight * v.x + params.cameraUp * v.y + params.cameraBack * v.z;
}

// The ray through a point of a pixel (0 to 1 each way) and one of the aperture.
fn cameraRay(pixel: u32, place: vec2f, aperture: vec2f) -> CameraRay {
    let at = (vec2f(f32(pixel % params.widthPx), f32(pixel / params.widthPx)) + place);
    let x = at.x / f32(params.widthPx);
    let y = at.y / f32(params.heightPx);
    let d = vec2f(x * 2.0 - 1.0, 1.0 - y * 2.0) * params.cameraScale + params.cameraOffset;
    var origin = vec3f(0.0);
    var direction = vec3f(d, -1.0);
    while (params.lensRadius > 0.0) {
        let l = aperture * params.lensRadius;
        origin = vec3f(l, 0.0);
        direction = vec3f(d - l / params.lensFocus, -1.0);
        break;
    }
    while (params.cameraKind == CAMERA_ORTHOGRAPHIC) {
        origin += vec3f(d, 0.0);
        direction -= vec3f(d, 0.0);
        break;
    }
    while (params.cameraKind == CAMERA_EQUIRECTANGULAR) {
        let longitude = (x - 0.5) * 2.0 * PI;
        let s = sin(y * PI);
        direction = vec3f(s * sin(longitude), cos(y * PI), -s * cos(longitude));
        break;
    }
    return CameraRay(params.cameraPosition + toWorldAxes(origin), normalize(toWorldAxes(direction)));
}

fn cameraSample(pixel: u32, sampleIndex: u32) -> CameraRay {
    let r = random4(pixel, sampleIndex, 0u, BLOCK_CAMERA);
    var aperture = vec2f(0.0);
    while (params.lensRadius > 0.0) {
        aperture = apertureSample(r.xw);
        break;
    }
    return cameraRay(pixel, r.yz, aperture);
}
