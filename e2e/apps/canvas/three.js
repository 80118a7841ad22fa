/** three.js: a lit torus knot on the engine's own animation loop and clock. */
import {
    Clock,
    Color,
    DirectionalLight,
    HemisphereLight,
    Mesh,
    MeshStandardMaterial,
    PerspectiveCamera,
    Scene,
    TorusKnotGeometry,
    WebGLRenderer
} from 'three';

export function start(canvas) {
    const renderer = new WebGLRenderer({ canvas, antialias: true });
    renderer.setSize(canvas.width, canvas.height, false);
    const scene = new Scene();
    scene.background = new Color().setHSL(Math.random(), 0.3, 0.2);
    const camera = new PerspectiveCamera(50, canvas.width / canvas.height, 0.1, 100);
    camera.position.z = 4;
    const knot = new Mesh(
        new TorusKnotGeometry(0.8, 0.3, 48, 8),
        new MeshStandardMaterial({ color: new Color().setHSL(Math.random(), 0.7, 0.5), roughness: 0.4 })
    );
    const sun = new DirectionalLight(0xffffff, 3);
    sun.position.set(1, 2, 3);
    scene.add(knot, sun, new HemisphereLight(0xffffff, 0x404040));
    const clock = new Clock();
    renderer.setAnimationLoop(() => {
        knot.rotation.set(clock.getElapsedTime(), Date.now() / 2000, 0);
        renderer.render(scene, camera);
    });
}
