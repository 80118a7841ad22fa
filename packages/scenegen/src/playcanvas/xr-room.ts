/**
 * A WebXR session in a scene: the room that the headset detects is furnished, and the furniture follows it. Planes and
 * meshes come in with each frame; once they have stood still the mixed-reality generator makes the room; from then on a real
 * thing that moves, comes or goes is taken in within the frame's budget: the changes wait in a queue, at least one is
 * solved and at least one entity made in a frame, and more while time is left. When the walls themselves change the room is made
 * again. The scene hangs on an anchor: when the headset corrects where it thinks it is, everything moves along and nothing is
 * solved again. Things can be anchored one by one, too.
 *
 *     const scene = new ScenePlugin(app, { occludeShell: true });
 *     const room = new XrRoom(app, scene, { rng, onEvent: console.log });
 *     button.onclick = () => room.start(camera);        // or start the session yourself: it is followed all the same
 *     scene.edit(…);                                    // edits are kept while the room changes
 *     const anchor = await room.anchor('sofa-1');       // anchor.persist(…) brings it back tomorrow
 */
import { badInput, type Clock, MixreelError, RealClock, type Rng } from '@mixreel/core';
import {
    type AppBase,
    type CameraComponent,
    Mat4,
    Quat,
    Vec3,
    XRSPACE_LOCALFLOOR,
    XRTYPE_AR,
    type XrAnchor,
    type XrManager
} from 'playcanvas';
import type { CapturedObject } from '../capture/read-capture.ts';
import type { RoomType, SceneGraph } from '../graph/scene-graph.ts';
import { MixedRoom, type MixedUpdate } from '../mr/mixed-room.ts';
import { readDetected } from '../scan/read-room-plan.ts';
import { DetectedRoom } from './detected-room.ts';
import type { ScenePlugin } from './scene-plugin.ts';

/** What an {@link XrRoom} tells. */
export type XrRoomEvent =
    /** The room was furnished, anew if the walls had changed. */
    | { readonly type: 'made'; readonly graph: SceneGraph }
    /** A real thing's change was taken in. */
    | { readonly type: 'followed'; readonly update: MixedUpdate }
    /** What was detected is no room yet; `reason` says what is missing. */
    | { readonly type: 'waiting'; readonly reason: string }
    /** The session is over; the scene stays. */
    | { readonly type: 'ended' };

/** Options of {@link XrRoom}. */
export interface XrRoomOptions {
    /** Where all choices come from. */
    readonly rng: Rng;
    readonly seed?: number | string;
    readonly style?: string;
    /** What the room is for; guessed from its furniture if absent. */
    readonly type?: RoomType;
    /** Share of the room's program that is tried, 0 to 1; 1 if absent. */
    readonly density?: number;
    /** Milliseconds of each frame for following the real room, 0.1 to 50; 2 if absent. */
    readonly budgetMs?: number;
    /** Frames in which the walls must not change before the room is made, 1 to 1000; 20 if absent. */
    readonly stillFrames?: number;
    readonly onEvent?: (event: XrRoomEvent) => void;
    /** What the budget is measured with; the real clock if absent. */
    readonly clock?: Clock;
}

/** See the file comment. */
export class XrRoom {
    readonly #xr: XrManager;
    readonly #scene: ScenePlugin;
    readonly #options: XrRoomOptions;
    readonly #budgetMs: number;
    readonly #stillFrames: number;
    readonly #clock: Clock;
    readonly #detected = new DetectedRoom();
    /** Changes of real things that wait, the latest of each; null where the thing is gone. */
    readonly #changes = new Map<string, CapturedObject | null>();
    #things = new Map<string, CapturedObject>();
    #room: MixedRoom | null = null;
    #still = 0;
    #reason = '';
    #destroyed = false;
    /** Where the scene is anchored, and where the anchor was at first. */
    #anchor: XrAnchor | null = null;
    readonly #anchorStart = new Mat4();
    readonly #nodeAnchors = new Map<string, XrAnchor>();

    /** @throws MixreelError `environment` if the app has no XR. */
    constructor(app: AppBase, scene: ScenePlugin, options: XrRoomOptions) {
        if (!app.xr)
            throw new MixreelError('environment', {
                what: 'the app has no XR manager',
                mend: 'Create it with options.xr = XrManager'
            });
        const { budgetMs = 2, stillFrames = 20 } = options;
        if (!(budgetMs >= 0.1 && budgetMs <= 50))
            throw badInput(`the budget is ${budgetMs} ms a frame`, '0.1 to 50 ms', 'A frame at 90 Hz is 11.1 ms');
        if (!(Number.isInteger(stillFrames) && stillFrames >= 1 && stillFrames <= 1000))
            throw badInput(`the room is to be still for ${stillFrames} frames`, '1 to 1000', 'Give it 20');
        this.#xr = app.xr;
        this.#scene = scene;
        this.#options = options;
        this.#budgetMs = budgetMs;
        this.#stillFrames = stillFrames;
        this.#clock = options.clock ?? new RealClock();
        this.#xr.on('update', this.#update, this);
        this.#xr.on('end', this.#ended, this);
    }

    /** The room that follows the real one; null until it is made. */
    get room(): MixedRoom | null {
        return this.#room;
    }

    /** Real changes that wait for a frame with time for them, and entities to be made. */
    get waiting(): number {
        return this.#changes.size + this.#scene.pending;
    }

    /** Starts an augmented-reality session with all that is needed. Rejects with `environment` where there is none. */
    start(camera: CameraComponent): Promise<void> {
        return new Promise((resolve, reject) => {
            this.#xr.start(camera, XRTYPE_AR, XRSPACE_LOCALFLOOR, {
                planeDetection: true,
                meshDetection: true,
                anchors: true,
                callback: (error: Error | null) => {
                    if (!error) return resolve();
                    reject(
                        new MixreelError('environment', {
                            what: `the session did not start: ${error.message}`,
                            mend: 'Use a headset or browser with immersive-ar, from a click, over https',
                            cause: error
                        })
                    );
                }
            });
        });
    }

    /** Asks the headset to let its user scan the room, as needed where no walls are known. */
    scanRoom(): Promise<void> {
        return new Promise((resolve, reject) => {
            this.#xr.initiateRoomCapture((error: Error | null) =>
                error
                    ? reject(
                          new MixreelError('environment', {
                              what: `the room cannot be scanned: ${error.message}`,
                              mend: "Scan it in the headset's settings",
                              cause: error
                          })
                      )
                    : resolve()
            );
        });
    }

    /**
     * Ties a thing to the real place where it stands, beyond the room's own anchor: locked against the solver, and
     * moved with the anchor. The anchor can be made to last with its `persist`.
     */
    anchor(node: string): Promise<XrAnchor> {
        const entity = this.#scene.entity(node);
        if (!entity) throw badInput(`there is no "${node}" in the scene`, 'the id of a node that is shown', 'Name one');
        return this.#anchorAt(entity.getPosition(), entity.getRotation()).then((anchor) => {
            this.#nodeAnchors.get(node)?.destroy();
            this.#nodeAnchors.set(node, anchor);
            if (!this.#scene.graph!.nodes.find((n) => n.id === node)?.locked)
                this.#scene.edit({ do: 'lock', node, locked: true }, this.#options.rng);
            return anchor;
        });
    }

    /** Lets go of session and anchors; the scene stays. */
    destroy(): void {
        if (this.#destroyed) return;
        this.#destroyed = true;
        this.#xr.off('update', this.#update, this);
        this.#xr.off('end', this.#ended, this);
        this.#forget();
    }

    #update(): void {
        const startNs = this.#clock.nowNs();
        this.#followAnchors();
        const changed = this.#detected.read(this.#xr, this.#scene.root.getLocalTransform());
        if (changed.structure) this.#still = 0;
        else this.#still++;
        if (this.#still >= this.#stillFrames && (!this.#room || this.#still === this.#stillFrames)) this.#make();
        if (!this.#room) return;
        if (changed.things) this.#queue();
        this.#follow(startNs);
    }

    /** Makes the room from what is detected, if that is one. */
    #make(): void {
        const { type, onEvent, rng, ...given } = this.#options;
        const { seed, style, density } = given;
        try {
            const capture = readDetected(this.#detected.planes, this.#detected.meshes, type ? { type } : {});
            this.#room = new MixedRoom(capture, {
                rng,
                ...(seed === undefined ? {} : { seed }),
                ...(style === undefined ? {} : { style }),
                ...(density === undefined ? {} : { density })
            });
        } catch (error) {
            if (!(error instanceof MixreelError)) throw error;
            if (error.message !== this.#reason) onEvent?.({ type: 'waiting', reason: error.message });
            this.#reason = error.message;
            return;
        }
        this.#reason = '';
        this.#things = this.#readThings() ?? new Map();
        this.#changes.clear();
        this.#scene.follow(this.#room.graph);
        this.#anchorScene();
        onEvent?.({ type: 'made', graph: this.#room.graph });
    }

    /** Real things as they are now, without what only the scan shows: that is looked at when the room is made. */
    #readThings(): Map<string, CapturedObject> | null {
        const labelled = this.#detected.meshes.filter((m) => !/global/i.test(m.label));
        try {
            const { objects } = readDetected(this.#detected.planes, labelled, { scan: false });
            return new Map(objects.map((o) => [o.uuid, o]));
        } catch (error) {
            // Walls that are being corrected: what stood there stands there until they are.
            if (error instanceof MixreelError) return null;
            throw error;
        }
    }

    #queue(): void {
        const now = this.#readThings();
        if (!now) return;
        for (const [uuid, o] of now) {
            const was = this.#things.get(uuid);
            if (!was || JSON.stringify(was) !== JSON.stringify(o)) this.#changes.set(uuid, o);
        }
        for (const uuid of this.#things.keys()) if (!now.has(uuid)) this.#changes.set(uuid, null);
        this.#things = now;
    }

    /** Takes in changes and makes entities until the frame's budget is spent. */
    #follow(startNs: number): void {
        const room = this.#room!;
        const leftMs = (): number => this.#budgetMs - (this.#clock.nowNs() - startNs) / 1e6;
        const before = room.graph;
        for (const [uuid, object] of this.#changes) {
            // Whoever edited the scene meanwhile has the word.
            if (this.#scene.graph && this.#scene.graph !== before && room.graph === before)
                room.adopt(this.#scene.graph);
            this.#changes.delete(uuid);
            const update = room.update(object ? { set: [object] } : { remove: [uuid] });
            this.#options.onEvent?.({ type: 'followed', update });
            if (leftMs() <= 0) break;
        }
        if (room.graph !== before) this.#scene.follow(room.graph);
        if (this.#scene.pending > 0) this.#scene.work(Math.max(0, leftMs()));
    }

    /** Hangs the scene on an anchor at the room's middle, if the session has anchors. */
    #anchorScene(): void {
        if (this.#anchor || !this.#xr.anchors.available) return;
        const { polygon, floorY } = this.#room!.graph.rooms[0]!;
        const middle = [0, 1].map((k) => polygon.reduce((sum, p) => sum + p[k]!, 0) / polygon.length);
        const at = this.#scene.root.getLocalTransform().transformPoint(new Vec3(middle[0]!, floorY, middle[1]!));
        void this.#anchorAt(at, Quat.IDENTITY).then(
            (anchor) => {
                if (this.#destroyed || this.#anchor) return anchor.destroy();
                this.#anchor = anchor;
                // Where the scene is as seen from the anchor, for good.
                this.#anchorStart.copy(poseOf(anchor)).invert().mul(this.#scene.root.getLocalTransform());
            },
            // A session may refuse anchors: the scene then stays where the session's space is.
            () => undefined
        );
    }

    #anchorAt(position: Vec3, rotation: Quat): Promise<XrAnchor> {
        const { anchors } = this.#xr;
        return new Promise((resolve, reject) => {
            const finish = (error: Error | null, anchor: XrAnchor | null): void => {
                anchors.off('add', added);
                const failed = new MixreelError('environment', {
                    what: `no anchor could be made: ${error?.message ?? 'unknown'}`,
                    mend: 'Start the session with anchors',
                    cause: error
                });
                if (anchor) resolve(anchor);
                else reject(failed);
            };
            // Where the session has the anchor before its promise is kept, the engine calls nobody back, but tells everybody.
            const added = (anchor: XrAnchor): void => {
                if (anchor.getPosition().distance(position) < 1e-3) finish(null, anchor);
            };
            anchors.on('add', added);
            anchors.create(position.clone() as never, rotation.clone() as never, finish as never);
        });
    }

    /** The scene goes where its anchor went, anchored things where theirs did. */
    #followAnchors(): void {
        if (this.#anchor) {
            const pose = new Mat4().mul2(poseOf(this.#anchor), this.#anchorStart);
            const root = this.#scene.root;
            const [position, rotation] = [pose.getTranslation(), new Quat().setFromMat4(pose)];
            if (!root.getLocalPosition().equalsApprox(position) || !root.getLocalRotation().equalsApprox(rotation)) {
                root.setLocalPosition(position);
                root.setLocalRotation(rotation);
            }
        }
        for (const [id, anchor] of this.#nodeAnchors) {
            const entity = this.#scene.entity(id);
            const [position, rotation] = [anchor.getPosition(), anchor.getRotation()];
            if (!entity) continue;
            if (entity.getPosition().distance(position) < 1e-4 && entity.getRotation().equalsApprox(rotation)) continue;
            entity.setPosition(position);
            entity.setRotation(rotation);
        }
    }

    #ended(): void {
        this.#forget();
        this.#options.onEvent?.({ type: 'ended' });
    }

    #forget(): void {
        for (const anchor of this.#nodeAnchors.values()) anchor.destroy();
        this.#nodeAnchors.clear();
        this.#anchor?.destroy();
        this.#anchor = null;
        this.#detected.clear();
        this.#changes.clear();
        this.#room = null;
        this.#still = 0;
    }
}

const poseOf = (anchor: XrAnchor): Mat4 => new Mat4().setTRS(anchor.getPosition(), anchor.getRotation(), Vec3.ONE);
