/** A PlayCanvas app on WebGPU with the systems that the pages need, dark but for what they add. */
import {
    AppBase,
    AppOptions,
    CameraComponentSystem,
    ContainerHandler,
    createGraphicsDevice,
    LightComponentSystem,
    RenderComponentSystem,
    ScriptComponentSystem,
    TextureHandler
} from 'playcanvas';

export async function createApp(canvas: HTMLCanvasElement): Promise<AppBase> {
    const graphicsDevice = await createGraphicsDevice(canvas, { deviceTypes: ['webgpu'], antialias: false });
    graphicsDevice.maxPixelRatio = 1;
    const options = new AppOptions();
    options.graphicsDevice = graphicsDevice;
    options.componentSystems = [
        RenderComponentSystem,
        CameraComponentSystem,
        LightComponentSystem,
        ScriptComponentSystem
    ];
    options.resourceHandlers = [TextureHandler, ContainerHandler];
    const app = new AppBase(canvas);
    app.init(options);
    app.scene.ambientLight.set(0, 0, 0);
    app.start();
    return app;
}
