import { Document, type Node } from '@gltf-transform/core';
import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { determinant3, fromRotationTranslation, transformPoint, type Vec3 } from '../../src/math/vector.ts';
import { animatedSceneFromDocument } from '../../src/scene/animated-scene.ts';
import { changeScene } from '../../src/scene/change-scene.ts';
import { poseMesh } from '../../src/scene/pose-mesh.ts';
import type { Mesh } from '../../src/scene/scene.ts';
import { sceneFromDocument } from '../../src/scene/scene-from-document.ts';

const QUARTER_Z = [0, 0, Math.SQRT1_2, Math.SQRT1_2] as [number, number, number, number];
const expectClose = (found: ArrayLike<number>, expected: readonly number[]): void => {
    expect(found).toHaveLength(expected.length);
    // Float32 of coordinates of about 1.
    for (const [i, x] of expected.entries()) expect(found[i]).toBeCloseTo(x, 5);
};

/**
 * An arm of three vertices at x = 0, 1, 2. The first belongs to the shoulder at the origin, the last to the elbow at x = 1, the
 * middle one to both by half. It morphs by lifting the last vertex; a box beside it is carried by the elbow.
 */
function arm(): { document: Document; shoulder: Node; elbow: Node; figure: Node } {
    const document = new Document();
    const buffer = document.createBuffer();
    const accessor = (type: 'VEC3' | 'VEC4' | 'MAT4' | 'SCALAR', array: Float32Array | Uint16Array) =>
        document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
    const primitive = document
        .createPrimitive()
        .setAttribute('POSITION', accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0)))
        .setAttribute('NORMAL', accessor('VEC3', Float32Array.of(0, 1, 0, 0, 1, 0, 0, 1, 0)))
        .setAttribute('JOINTS_0', accessor('VEC4', Uint16Array.of(0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0)))
        .setAttribute('WEIGHTS_0', accessor('VEC4', Float32Array.of(1, 0, 0, 0, 0.5, 0.5, 0, 0, 1, 0, 0, 0)))
        .addTarget(
            document
                .createPrimitiveTarget()
                .setAttribute('POSITION', accessor('VEC3', Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1)))
        );
    const elbow = document.createNode('elbow').setTranslation([1, 0, 0]);
    const shoulder = document.createNode('shoulder').addChild(elbow);
    // The inverse of where the joints are at rest.
    const bind = Float32Array.from([
        ...fromRotationTranslation([0, 0, 0, 1], [0, 0, 0]),
        ...fromRotationTranslation([0, 0, 0, 1], [-1, 0, 0])
    ]);
    const skin = document
        .createSkin()
        .addJoint(shoulder)
        .addJoint(elbow)
        .setInverseBindMatrices(accessor('MAT4', bind));
    const mesh = document.createMesh().addPrimitive(primitive).setWeights([0]);
    // The node's own place says nothing: joints do.
    const figure = document.createNode('figure').setMesh(mesh).setSkin(skin).setTranslation([9, 9, 9]);
    const box = document
        .createPrimitive()
        .setAttribute('POSITION', accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0)));
    elbow.addChild(document.createNode('carried').setMesh(document.createMesh().addPrimitive(box)));
    document.createScene().addChild(shoulder).addChild(figure);
    const times = accessor('SCALAR', Float32Array.of(1, 2));
    const turn = document
        .createAnimationSampler()
        .setInput(times)
        .setOutput(accessor('VEC4', Float32Array.of(0, 0, 0, 1, ...QUARTER_Z)));
    const lift = document
        .createAnimationSampler()
        .setInput(times)
        .setOutput(accessor('SCALAR', Float32Array.of(0, 1)));
    document
        .createAnimation('wave')
        .addSampler(turn)
        .addSampler(lift)
        .addChannel(document.createAnimationChannel().setTargetNode(elbow).setTargetPath('rotation').setSampler(turn))
        .addChannel(document.createAnimationChannel().setTargetNode(figure).setTargetPath('weights').setSampler(lift));
    return { document, shoulder, elbow, figure };
}

describe('a skinned and morphing mesh', () => {
    it('stands as its joints do, wherever its node is', () => {
        const { document, elbow, figure } = arm();
        const positions = (): ArrayLike<number> => {
            const scene = sceneFromDocument(document);
            const instance = scene.instances.find(({ name }) => name === 'figure')!;
            expect(instance.transform).toEqual(fromRotationTranslation([0, 0, 0, 1], [0, 0, 0]));
            return scene.meshes[instance.mesh]!.positions;
        };
        expectClose(positions(), [0, 0, 0, 1, 0, 0, 2, 0, 0]);
        // The elbow bends upwards: its vertex turns about (1, 0, 0) to (1, 1, 0), the joint itself stays.
        elbow.setRotation(QUARTER_Z);
        expectClose(positions(), [0, 0, 0, 1, 0, 0, 1, 1, 0]);
        // First lifted to z = 1, then turned with the elbow.
        figure.setWeights([0.5]);
        expectClose(positions(), [0, 0, 0, 1, 0, 0, 1, 1, 0.5]);
    });

    it('moves between keyframes, with what its joints carry, and rests before and after', () => {
        const { scene, animations, changesAt } = animatedSceneFromDocument(arm().document);
        expect(animations).toEqual([{ name: 'wave', durationS: 2 }]);
        const at = (timeS: number): { arm: ArrayLike<number>; carried: Vec3 } => {
            const changed = changeScene(scene, changesAt(timeS)).scene;
            const [figure, carried] = ['figure', 'carried'].map(
                (wanted) => changed.instances.find(({ name }) => name === wanted)!
            );
            return {
                arm: changed.meshes[figure!.mesh]!.positions,
                carried: transformPoint(carried!.transform, [1, 0, 0])
            };
        };
        for (const early of [0, 1]) {
            expectClose(at(early).arm, [0, 0, 0, 1, 0, 0, 2, 0, 0]);
            expectClose(at(early).carried, [2, 0, 0]);
        }
        // Half way: an eighth of a turn along the great arc, and half lifted.
        const s = Math.SQRT1_2;
        expectClose(at(1.5).arm, [0, 0, 0, 1, 0, 0, 1 + s, s, 0.5]);
        expectClose(at(1.5).carried, [1 + s, s, 0]);
        for (const late of [2, 7]) expectClose(at(late).arm, [0, 0, 0, 1, 0, 0, 1, 1, 1]);
        expect(() => changesAt(0, 1)).toThrow(/animation 1 .* one of 1/);
    });

    it('moves by steps and along splines', () => {
        const keyed = (kind: 'STEP' | 'CUBICSPLINE', values: number[]): ((timeS: number) => number) => {
            const { document, elbow } = arm();
            const sampler = document
                .createAnimationSampler()
                .setInterpolation(kind)
                .setInput(document.createAccessor().setType('SCALAR').setArray(Float32Array.of(0, 2)))
                .setOutput(document.createAccessor().setType('VEC3').setArray(Float32Array.from(values)));
            const channel = document.createAnimationChannel().setTargetNode(elbow).setTargetPath('translation');
            document.createAnimation().addSampler(sampler).addChannel(channel.setSampler(sampler));
            const { changesAt } = animatedSceneFromDocument(document);
            return (timeS) => changesAt(timeS, 1).transforms![0]!.transform[12]!;
        };
        const step = keyed('STEP', [1, 0, 0, 5, 0, 0]);
        expect([0, 1.9, 2].map(step)).toEqual([1, 1, 5]);
        // Tangents of the line itself: a cubic through them is the line.
        const line = keyed('CUBICSPLINE', [2, 0, 0, 1, 0, 0, 2, 0, 0, 2, 0, 0, 5, 0, 0, 2, 0, 0]);
        for (const t of [0, 0.5, 1, 1.7, 2]) expect(line(t)).toBeCloseTo(1 + 2 * t, 10);
    });
});

describe('a node that is scaled to nothing', () => {
    /** A triangle that shrinks to nothing in x, passes through it and grows mirrored, and one that is nothing at rest. */
    function pulsing(): Document {
        const document = new Document();
        const accessor = (type: 'VEC3' | 'SCALAR', array: Float32Array) =>
            document.createAccessor().setType(type).setArray(array).setBuffer(document.createBuffer());
        const primitive = document
            .createPrimitive()
            .setAttribute('POSITION', accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0)));
        const mesh = document.createMesh().addPrimitive(primitive);
        const through = document.createNode('through').setMesh(mesh).setTranslation([3, 0, 0]);
        const grows = document.createNode('grows').setMesh(mesh).setScale([0, 0, 0]);
        const sampler = (scales: number[]) =>
            document
                .createAnimationSampler()
                .setInput(accessor('SCALAR', Float32Array.of(0, 2)))
                .setOutput(accessor('VEC3', Float32Array.from(scales)));
        const [first, second] = [sampler([1, 1, 1, -1, 1, 1]), sampler([0, 0, 0, 2, 2, 2])];
        const channel = (node: Node, output: typeof first) =>
            document.createAnimationChannel().setTargetNode(node).setTargetPath('scale').setSampler(output);
        document
            .createAnimation()
            .addSampler(first)
            .addSampler(second)
            .addChannel(channel(through, first))
            .addChannel(channel(grows, second));
        document.createScene().addChild(through).addChild(grows);
        return document;
    }

    it('is hidden as long as that lasts, which is said, and there again afterwards', () => {
        const { scene, changesAt } = animatedSceneFromDocument(pulsing());
        expect(scene.instances.map(({ name }) => name)).toEqual(['through', 'grows']);
        expect(scene.events.map(({ kind, message }) => `${kind}: ${message}`)).toContain(
            'skipped: nodes scaled to nothing are not rendered'
        );
        const widths = (timeS: number): number[] =>
            changeScene(scene, changesAt(timeS)).scene.instances.map(({ transform }) => transform[0]!);
        expect([0, 0.5, 1, 2].map((timeS) => changesAt(timeS).hidden)).toEqual([[1], [], [0], []]);
        expect(widths(0.5)).toEqual([0.5, 0.5]);
        expect(widths(2)).toEqual([-1, 2]);
        // A nanometre of it, where it stands.
        expect(widths(1)).toEqual([1e-9, 1]);
        expect(changesAt(1).transforms![0]!.transform[12]).toBe(3);
        expect(sceneFromDocument(pulsing()).instances.map(({ name }) => name)).toEqual(['through']);
    });
});

describe('posing', () => {
    const mesh: Mesh = {
        positions: Float32Array.of(1, 2, 3, -1, 0.5, 2, 0, 0, 1),
        normals: Float32Array.of(1, 0, 0, 0, 0.6, 0.8, 0, 0, 1),
        indices: Uint32Array.of(0, 1, 2)
    };

    it('by one joint is what transforming by its matrix is, and keeps normals perpendicular to what they stood on', () => {
        fc.assert(
            fc.property(fc.nat(), (seed) => {
                const random = Rng.create(seed).stream('matrix');
                const n = Array.from({ length: 12 }, () => 4 * random.float() - 2);
                const m = [n[0]!, n[1]!, n[2]!, 0, n[3]!, n[4]!, n[5]!, 0, n[6]!, n[7]!, n[8]!, 0, ...n.slice(9), 1];
                // What is flattened to a plane or a line has no normals worth the name.
                fc.pre(Math.abs(determinant3(m)) > 1e-2);
                const rig = { skin: { joints: [0, 0, 0], weights: [2, 1, 0.1], perVertex: 1 } };
                const posed = poseMesh(mesh, rig, { jointMatrices: m });
                for (let v = 0; v < 3; v++) {
                    const at = (data: Float32Array): Vec3 => [data[v * 3]!, data[v * 3 + 1]!, data[v * 3 + 2]!];
                    expectClose(at(posed.positions), [...transformPoint(m, at(mesh.positions))]);
                    const normal = at(posed.normals!);
                    const [x, y, z] = at(mesh.normals!);
                    // Two directions in the surface, turned with it.
                    for (const [a, b, c] of [[y, -x, 0] as const, [0, z, -y] as const]) {
                        const turned = [0, 1, 2].map((k) => m[k]! * a + m[4 + k]! * b + m[8 + k]! * c);
                        const dot = turned.reduce((sum, t, k) => sum + t * normal[k]!, 0);
                        // Float32 of a unit normal times lengths up to 6.
                        expect(Math.abs(dot)).toBeLessThan(1e-5);
                    }
                }
            })
        );
    });

    it('leaves vertices without weights where they are, and refuses joints that are not there', () => {
        const skin = { joints: [0, 0, 3], weights: [0, 0, 1], perVertex: 1 };
        const jointMatrices = new Float32Array(16);
        expect(poseMesh(mesh, { skin: { ...skin, weights: [0, 0, 0] } }, { jointMatrices })).toMatchObject({
            positions: mesh.positions
        });
        expect(() => poseMesh(mesh, { skin }, { jointMatrices })).toThrow(/joint 3 .*one of 1 joints/);
    });
});
