/**
 * Mitsuba scenes (XML of versions 0.5, 2 and 3) to glTF. Mitsuba is right-handed with cameras that look along +z; glTF's look
 * along -z. What glTF cannot say goes to the report.
 */
import { throwIfAborted } from '@mixreel/core';
import type { SurfaceMaterial } from '../convert/bsdf.ts';
import { constantEnvironment, mitsubaMapping, turnEnvironment } from '../convert/environment.ts';
import { decodeText, ImportContext } from '../convert/import-context.ts';
import type { ImportedScene, ImportOptions } from '../convert/imported-scene.ts';
import { IDENTITY, lookAt, type Mat4, multiply, scaling, translation, type Vec3 } from '../convert/mat4.ts';
import type { Emission } from '../convert/material-builder.ts';
import { DEFAULT_MATERIAL, readMitsubaMaterial } from './mitsuba-materials.ts';
import { readInterior } from './mitsuba-media.ts';
import { MitsubaObject } from './mitsuba-object.ts';
import { type MitsubaScope, nested, tellUnread } from './mitsuba-scope.ts';
import { MitsubaShapes } from './mitsuba-shapes.ts';
import { paint } from './mitsuba-textures.ts';
import { brokenMitsuba, parseXml, type XmlNode } from './mitsuba-xml.ts';

const MAX_INCLUDE_DEPTH = 16;
const MAX_INSTANCES = 2 ** 20;
const EMITTERS: readonly string[] = ['emitter', 'luminaire'];
/** Plugins that only steer the renderer. */
const WITHOUT_EFFECT = new Set([
    'integrator',
    'sampler',
    'film',
    'rfilter',
    'medium',
    'path',
    'texture',
    'bsdf',
    'spectrum'
]);

/** Reads a Mitsuba scene and the files it names. Throws `bad-input` or `limit-exceeded`. */
export async function readMitsuba(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportedScene> {
    const context = new ImportContext(options);
    const values = new Map<string, string>();
    const root = parseXml(decodeText(bytes, 'Mitsuba'), values);
    if (root.tag !== 'scene') throw brokenMitsuba(root.line, `it begins with <${root.tag}>`, '<scene>');
    const nodes = await expand(root, context, values, 0);
    await new MitsubaReader(context, nodes, Number.parseFloat(root.attributes['version'] ?? '0.5')).read();
    return context.finish();
}

/** The children of a scene with those of included files in their places. */
async function expand(
    root: XmlNode,
    context: ImportContext,
    values: Map<string, string>,
    depth: number
): Promise<readonly XmlNode[]> {
    const nodes: XmlNode[] = [];
    for (const node of root.children) {
        if (node.tag !== 'include') {
            nodes.push(node);
            continue;
        }
        const name = node.attributes['filename'] ?? '';
        if (depth >= MAX_INCLUDE_DEPTH)
            throw brokenMitsuba(node.line, `"${name}" is included within itself`, 'no circle');
        const included = parseXml(decodeText(await context.include(name), 'Mitsuba'), values);
        nodes.push(...(await expand(included, context, values, depth + 1)));
    }
    return nodes;
}

class MitsubaReader {
    readonly #context: ImportContext;
    readonly #nodes: readonly XmlNode[];
    readonly #scope: MitsubaScope;
    readonly #shapes: MitsubaShapes;
    readonly #materials = new Map<XmlNode, SurfaceMaterial>();
    #count: number = 0;

    constructor(context: ImportContext, nodes: readonly XmlNode[], version: number) {
        this.#context = context;
        this.#nodes = nodes;
        const ids = new Map<string, XmlNode>();
        collectIds(nodes, ids);
        this.#scope = { ids, report: context.report, version };
        this.#shapes = new MitsubaShapes(context.files, context.report);
    }

    async read(): Promise<void> {
        const { progress } = this.#context.options;
        let done = 0;
        for (const node of this.#nodes) {
            throwIfAborted(progress, 'reading the scene');
            if (node.tag === 'shape') await this.#shape(node, IDENTITY);
            else if (EMITTERS.includes(node.tag)) await this.#emitter(new MitsubaObject(node));
            else if (node.tag === 'sensor' || node.tag === 'camera') this.#sensor(new MitsubaObject(node));
            else if (!WITHOUT_EFFECT.has(node.tag)) this.#context.report.unsupported(`<${node.tag}>`);
            progress?.report?.(++done, this.#nodes.length, 'reading shapes');
        }
        tellUnread(this.#nodes, this.#scope);
    }

    async #shape(node: XmlNode, outer: Mat4): Promise<void> {
        if (++this.#count > MAX_INSTANCES) throw brokenMitsuba(node.line, 'too many shapes', `${MAX_INSTANCES}`);
        // Seen only where it is instanced.
        if (node.attributes['type'] === 'shapegroup') return;
        const shape = new MitsubaObject(node);
        const matrix = multiply(outer, shape.transform('toworld'));
        if (shape.type === 'instance') return this.#instance(shape, matrix);
        const absorption = readInterior(shape, this.#scope);
        const material = { ...this.#material(shape), ...(absorption ? { absorption } : {}) };
        const emission = this.#emission(shape);
        const name = shape.id || shape.text('filename', shape.type).replace(/^.*[/\\]/, '');
        for (const { mesh, local } of await this.#shapes.read(shape)) {
            await this.#context.builder.place(name, mesh, material, emission, multiply(matrix, local));
        }
    }

    async #instance(shape: MitsubaObject, matrix: Mat4): Promise<void> {
        const [group] = nested(shape, ['shape'], this.#scope);
        if (!group) return;
        // Groups do not hold instances in Mitsuba, so this does not come back here.
        const single = (child: XmlNode) => child.attributes['type'] !== 'instance';
        for (const node of nested(new MitsubaObject(group), ['shape'], this.#scope, single)) {
            if (single(node)) await this.#shape(node, matrix);
        }
    }

    #material(shape: MitsubaObject): SurfaceMaterial {
        const [node] = nested(shape, ['bsdf'], this.#scope);
        if (!node) return DEFAULT_MATERIAL;
        const known = this.#materials.get(node) ?? readMitsubaMaterial(node, this.#scope);
        this.#materials.set(node, known);
        return known;
    }

    #emission(shape: MitsubaObject): Emission | undefined {
        const [node] = nested(shape, EMITTERS, this.#scope);
        if (!node) return undefined;
        const { report } = this.#context;
        const emitter = new MitsubaObject(node);
        if (emitter.type !== 'area') {
            report.unsupported(`emitter "${emitter.type}" on a shape`);
            emitter.readAll();
            return undefined;
        }
        const { color, ...picture } = paint(emitter, ['radiance'], 1, this.#scope);
        return { radiance: color, twoSided: false, ...(picture.picture === undefined ? {} : { picture }) };
    }

    async #emitter(emitter: MitsubaObject): Promise<void> {
        const { builder, report } = this.#context;
        const matrix = emitter.transform('toworld');
        const name = emitter.id || `${emitter.type} light`;
        switch (emitter.type) {
            case 'envmap':
                return this.#envmap(emitter, matrix);
            case 'constant':
                if (this.#context.environment) report.unsupported('second environment');
                else this.#context.environment = constantEnvironment(emitter.color('radiance', [1, 1, 1], report));
                return;
            case 'point': {
                const at = multiply(matrix, translation(...emitter.vector('position', [0, 0, 0])));
                builder.addLight({
                    name,
                    type: 'point',
                    color: emitter.color('intensity', [1, 1, 1], report),
                    matrix: at
                });
                return;
            }
            case 'directional': {
                const to = emitter.vector('direction', [0, 0, 1]);
                const up: Vec3 = Math.abs(to[1]) > 0.9 * Math.hypot(...to) ? [1, 0, 0] : [0, 1, 0];
                const turned = multiply(multiply(matrix, lookAt([0, 0, 0], to, up)), scaling(-1, 1, -1));
                const color = emitter.color('irradiance', [1, 1, 1], report);
                builder.addLight({ name, type: 'directional', color, matrix: turned });
                return;
            }
            case 'spot': {
                report.approximate('falloff of a spot light', 'glTF’s');
                const rad = (degrees: number) => (degrees * Math.PI) / 180;
                const outer = emitter.number('cutoffangle', 20);
                builder.addLight({
                    name,
                    type: 'spot',
                    color: emitter.color('intensity', [1, 1, 1], report),
                    matrix: multiply(matrix, scaling(-1, 1, -1)),
                    innerConeRad: rad(emitter.number('beamwidth', (outer * 3) / 4)),
                    outerConeRad: Math.min(Math.PI / 2, rad(outer))
                });
                return;
            }
            case 'area':
                // Shapes refer to it.
                if (emitter.id === '') report.unsupported('emitter "area" without a shape');
                return;
            default:
                report.unsupported(`emitter "${emitter.type}"`);
                emitter.readAll();
        }
    }

    async #envmap(emitter: MitsubaObject, matrix: Mat4): Promise<void> {
        const { files, report } = this.#context;
        if (this.#context.environment) {
            report.unsupported('second environment');
            return;
        }
        const picture = await files.frame(emitter.text('filename', ''));
        const scale = emitter.number('scale', 1);
        this.#context.environment = turnEnvironment(picture, mitsubaMapping, matrix, [scale, scale, scale]);
    }

    #sensor(sensor: MitsubaObject): void {
        const { builder, options, report } = this.#context;
        if (sensor.type !== 'perspective' && sensor.type !== 'thinlens') {
            report.approximate(`sensor "${sensor.type}"`, 'a perspective one');
        }
        const filmNode = sensor.children.find((child) => child.tag === 'film');
        const film = filmNode ? new MitsubaObject(filmNode) : undefined;
        const widthPx = options.film?.widthPx ?? film?.number('width', 768) ?? 768;
        const heightPx = options.film?.heightPx ?? film?.number('height', 576) ?? 576;
        const matrix = multiply(sensor.transform('toworld'), scaling(-1, 1, -1));
        const radius = sensor.type === 'thinlens' ? sensor.number('apertureradius', 0) : 0;
        builder.addCamera({
            name: sensor.id || 'camera',
            matrix,
            yfovRad: verticalFov(sensor, widthPx / heightPx),
            widthPx,
            heightPx,
            ...(radius > 0 ? { lensRadius: radius, focusDistance: sensor.number('focusdistance', 1) } : {})
        });
    }
}

function collectIds(nodes: readonly XmlNode[], ids: Map<string, XmlNode>): void {
    for (const node of nodes) {
        const { id } = node.attributes;
        if (id !== undefined && node.tag !== 'ref' && !ids.has(id)) ids.set(id, node);
        collectIds(node.children, ids);
    }
}

/** Radians. The field of view is along x unless `fovAxis` says otherwise; a focal length is of 35 mm film. */
function verticalFov(sensor: MitsubaObject, aspect: number): number {
    const focal = Number.parseFloat(sensor.text('focallength', ''));
    if (Number.isFinite(focal) && !sensor.has('fov')) {
        // The diagonal of 36 x 24 mm.
        const diagonal = Math.hypot(36, 24) / 2 / focal;
        return 2 * Math.atan(diagonal / Math.hypot(1, aspect));
    }
    const half = Math.tan((sensor.number('fov', 50) * Math.PI) / 360);
    const axis = sensor.text('fovaxis', 'x').toLowerCase();
    const alongX = axis === 'x' || (axis === 'smaller' && aspect < 1) || (axis === 'larger' && aspect >= 1);
    if (axis === 'diagonal') return 2 * Math.atan(half / Math.hypot(1, aspect));
    return 2 * Math.atan(alongX ? half / aspect : half);
}
