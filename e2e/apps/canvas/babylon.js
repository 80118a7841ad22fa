/** Babylon.js: a lit sphere and a box on the engine's render loop. */
import { ArcRotateCamera } from '@babylonjs/core/Cameras/arcRotateCamera.js';
import { Engine } from '@babylonjs/core/Engines/engine.js';
import { HemisphericLight } from '@babylonjs/core/Lights/hemisphericLight.js';
import { StandardMaterial } from '@babylonjs/core/Materials/standardMaterial.js';
import { Color3, Color4 } from '@babylonjs/core/Maths/math.color.js';
import { Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import { CreateBox } from '@babylonjs/core/Meshes/Builders/boxBuilder.js';
import { CreateSphere } from '@babylonjs/core/Meshes/Builders/sphereBuilder.js';
import { Scene } from '@babylonjs/core/scene.js';

export async function start(canvas) {
    const engine = new Engine(canvas, true, { preserveDrawingBuffer: true });
    const scene = new Scene(engine);
    scene.clearColor = new Color4(0.1, 0.1 + Math.random() * 0.2, 0.3, 1);
    new ArcRotateCamera('camera', 0, Math.PI / 3, 4, Vector3.Zero(), scene);
    new HemisphericLight('light', new Vector3(0.3, 1, 0.2), scene);
    const material = new StandardMaterial('material', scene);
    material.diffuseColor = new Color3(Math.random(), Math.random(), Math.random());
    const box = CreateBox('box', { size: 1 }, scene);
    const sphere = CreateSphere('sphere', { diameter: 0.8, segments: 12 }, scene);
    for (const mesh of [box, sphere]) mesh.material = material;
    let seconds = 0;
    engine.runRenderLoop(() => {
        seconds += engine.getDeltaTime() / 1000;
        box.rotation.y = seconds;
        sphere.position.set(1.2 * Math.cos(seconds), 0.3, 1.2 * Math.sin(seconds));
        scene.render();
    });
    // Shaders compile beside the page; until then nothing would be drawn.
    await scene.whenReadyAsync();
}
