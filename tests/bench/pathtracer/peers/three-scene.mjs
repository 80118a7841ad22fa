/** A scene for three: plain white-to-coloured rough surfaces, a camera, and a RectAreaLight in place of our emissive quad. */

/** `three` is the module to make it with: three, or three/webgpu. */
export function threeScene(three, { meshes, camera, light }) {
    const scene = new three.Scene();
    scene.background = new three.Color(0, 0, 0);
    for (const { positions, normals, indices, color } of meshes) {
        const geometry = new three.BufferGeometry();
        geometry.setAttribute('position', new three.BufferAttribute(Float32Array.from(positions), 3));
        geometry.setIndex(new three.BufferAttribute(Uint32Array.from(indices), 1));
        if (normals) geometry.setAttribute('normal', new three.BufferAttribute(Float32Array.from(normals), 3));
        else geometry.computeVertexNormals();
        // Both of their tracers read it, WebGL without asking whether it is there.
        geometry.setAttribute('uv', new three.BufferAttribute(new Float32Array((positions.length / 3) * 2), 2));
        const material = new three.MeshStandardMaterial({ roughness: 1, metalness: 0, side: three.DoubleSide });
        material.color.setRGB(...color, three.LinearSRGBColorSpace);
        scene.add(new three.Mesh(geometry, material));
    }
    const [corner, a, b] = [light.corner, light.a, light.b].map((v) => new three.Vector3(...v));
    const normal = a.clone().cross(b).normalize();
    const intensity = Math.max(...light.radiance);
    const area = new three.RectAreaLight(0xffffff, intensity, a.length(), b.length());
    area.color.setRGB(...light.radiance.map((x) => x / intensity), three.LinearSRGBColorSpace);
    area.position.copy(corner).addScaledVector(a, 0.5).addScaledVector(b, 0.5);
    // It shines along its -z.
    const basis = new three.Matrix4().makeBasis(
        a.clone().normalize(),
        normal.clone().negate().cross(a.clone().normalize()),
        normal.clone().negate()
    );
    area.quaternion.setFromRotationMatrix(basis);
    scene.add(area);
    const eye = new three.PerspectiveCamera((camera.fovYRad * 180) / Math.PI, camera.aspect, 0.001, 1000);
    eye.position.set(...camera.position);
    eye.lookAt(...camera.target);
    eye.updateMatrixWorld();
    return { scene, camera: eye };
}
