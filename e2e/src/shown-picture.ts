/** The texture that the path tracer's plugin shows, as base64: half floats, RGBA. */
import type { AppBase, Texture } from 'playcanvas';
import { toBase64 } from './page-api.ts';

export async function shownPicture(app: AppBase): Promise<string> {
    const { textures } = app.graphicsDevice as unknown as { textures: Iterable<Texture> };
    const texture = [...textures].find(({ name }) => name === 'mixreel/picture')!;
    return toBase64((await texture.read(0, 0, texture.width, texture.height, { immediate: true })) as Uint16Array);
}
