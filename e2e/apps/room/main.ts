/** A PlayCanvas app in which a room is generated, edited, made anew and undone. */
import { Rng } from '@mixreel/core';
import { generateFromPlan } from '@mixreel/scenegen';
import { ScenePlugin } from '@mixreel/scenegen/playcanvas';
import { Color, Entity, TONEMAP_LINEAR } from 'playcanvas';
import { offer } from '../../src/page-api.ts';
import { createApp } from '../../src/webgpu-app.ts';

const canvas = document.getElementById('canvas') as HTMLCanvasElement;

offer(async () => {
    const app = await createApp(canvas);
    app.scene.ambientLight.set(0.5, 0.5, 0.5);
    const eye = new Entity('eye');
    eye.addComponent('camera', {
        toneMapping: TONEMAP_LINEAR,
        clearColor: new Color(0, 0, 0),
        fov: 60,
        nearClip: 0.05
    });
    eye.setPosition(4.7, 1.7, 3.7);
    eye.lookAt(1.6, 0.7, 1);
    app.root.addChild(eye);
    const plugin = new ScenePlugin(app);
    return {
        async show() {
            const polygon = [
                [0, 0],
                [5, 0],
                [5, 4],
                [0, 4]
            ] as const;
            const openings = [{ type: 'door', wall: 1, offset: 2, width: 0.9 }] as const;
            plugin.show(
                generateFromPlan(
                    { rooms: [{ type: 'living_room', polygon, openings }] },
                    { rng: Rng.create(2), seed: 2 }
                ).graph
            );
            return plugin.graph!.nodes.map((n) => n.class);
        },
        async regenerate(seed) {
            plugin.regenerate({ rng: Rng.create(seed as number) });
            return plugin.graph!.nodes.map((n) => n.class);
        },
        async undo() {
            plugin.undo();
            return null;
        },
        async destroy() {
            plugin.destroy();
            return plugin.live;
        }
    };
});
