/** PlayCanvas: a lit box that its own update event turns. */
import { Application, Color, Entity, FILLMODE_NONE, RESOLUTION_FIXED, StandardMaterial } from 'playcanvas';

export function start(canvas) {
    const app = new Application(canvas);
    app.setCanvasFillMode(FILLMODE_NONE, canvas.width, canvas.height);
    app.setCanvasResolution(RESOLUTION_FIXED, canvas.width, canvas.height);
    app.scene.ambientLight = new Color(0.3, 0.3, 0.3);
    const material = new StandardMaterial();
    material.diffuse = new Color(Math.random(), Math.random(), Math.random());
    material.update();
    const box = new Entity('box');
    box.addComponent('render', { type: 'box', material });
    const camera = new Entity('camera');
    camera.addComponent('camera', { clearColor: new Color(0.1, 0.1, Math.random()) });
    camera.setPosition(0, 0, 2.5);
    const light = new Entity('light');
    light.addComponent('light', { type: 'directional', intensity: 1.2 });
    light.setEulerAngles(45, 30, 0);
    for (const entity of [box, camera, light]) app.root.addChild(entity);
    app.on('update', (seconds) => box.rotate(20 * seconds, 60 * seconds, 0));
    app.start();
}
