/**
 * A scene request as JSON, for whatever writes better JSON than prose: a language model, a form, a script. It says what the
 * words of a text would say, and takes the same way from there. The schema is published as {@link SCENE_REQUEST_SCHEMA}
 * (JSON Schema 2020-12), to be handed to a model; what comes back is checked here, not trusted.
 */
import { badInput } from '@mixreel/core';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { colorOf } from '../gltf/material-library.ts';
import { array, boolean, number, oneOf, optional, type Reader, record, text, tuple } from '../graph/json-reader.ts';
import { RELATION_TYPES, type RelationType, ROOM_TYPES } from '../graph/scene-graph.ts';
import { styleNamed } from '../style/style.ts';
import type { PlaceName, RequestedRelation, RequestedThing, TextRequest } from './parse-request.ts';

/** All but the pairing with something real, which no request can name. */
const RELATIONS = RELATION_TYPES.filter((type) => type !== 'pair');
const PLACES: readonly PlaceName[] = ['wall', 'window', 'door', 'corner', 'ceiling', 'floor', 'middle'];
const MOST_OBJECTS = 100;
const MOST_RELATIONS = 300;

/** JSON Schema of a scene request. */
export const SCENE_REQUEST_SCHEMA: Readonly<Record<string, unknown>> = Object.freeze({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A room for mixreel scenegen',
    type: 'object',
    additionalProperties: false,
    required: ['objects'],
    properties: {
        room: { enum: ROOM_TYPES },
        style: { type: 'string', description: 'a style, or a mix: "japanese:0.7+modern:0.3"' },
        size: {
            type: 'array',
            items: { type: 'number', minimum: 1, maximum: 60 },
            minItems: 2,
            maxItems: 2,
            description: 'width and depth, metres'
        },
        windows: { type: 'integer', minimum: 0, maximum: 8 },
        objects: {
            type: 'array',
            maxItems: MOST_OBJECTS,
            items: {
                type: 'object',
                additionalProperties: false,
                required: ['id', 'class'],
                properties: {
                    id: { type: 'string', maxLength: 60 },
                    class: { enum: [...CATALOGUE.keys()] },
                    count: { type: 'integer', minimum: 1, maximum: 40 },
                    color: { type: 'string', description: '#rrggbb or a colour name' },
                    scale: { type: 'number', minimum: 0.5, maximum: 2, description: 'of the usual size' }
                }
            }
        },
        relations: {
            type: 'array',
            maxItems: MOST_RELATIONS,
            items: {
                type: 'object',
                additionalProperties: false,
                required: ['type', 'a'],
                properties: {
                    type: { enum: RELATIONS },
                    a: { type: 'string', description: 'id of an object' },
                    b: { type: 'string', description: `id of an object, or one of ${PLACES.join(', ')}` },
                    side: { enum: [-1, 1, 2, -2], description: 'left, right, in front, behind, seen from b' },
                    hard: { type: 'boolean', description: 'fail rather than break it' }
                }
            }
        }
    }
});

const requestReader = record({
    room: optional(oneOf(...ROOM_TYPES)),
    style: optional(text(1, 100)),
    size: optional(tuple(number(1, 60), number(1, 60))),
    windows: optional(number(0, 8)),
    objects: array(
        record({
            id: text(1, 60),
            class: text(1, 100),
            count: optional(number(1, 40)),
            color: optional(text(1, 30)),
            scale: optional(number(0.5, 2))
        }),
        0,
        MOST_OBJECTS
    ),
    relations: optional(
        array(
            record({
                type: oneOf(...RELATIONS),
                a: text(1, 60),
                b: optional(text(1, 60)),
                side: optional(number(-2, 2)),
                hard: optional(boolean)
            }),
            0,
            MOST_RELATIONS
        )
    )
});
type RequestRecord = typeof requestReader extends Reader<infer T> ? T : never;

/**
 * A checked request.
 *
 * @param value - Parsed JSON, or its text of at most 1 MB.
 * @throws MixreelError `bad-input` naming the first wrong field.
 */
export function readSceneRequest(value: unknown): TextRequest {
    const read = requestReader(parsed(value), 'request');
    const index = new Map<string, number>();
    const things = read.objects.map((o, i): RequestedThing => {
        if (!CATALOGUE.has(o.class))
            throw badInput(`request.objects[${i}].class is "${o.class}"`, 'a class of the schema', 'Use one of them');
        if (index.has(o.id))
            throw badInput(`request.objects[${i}].id "${o.id}" is used twice`, 'unique ids', 'Rename one');
        index.set(o.id, i);
        return {
            class: o.class,
            count: Math.round(o.count ?? 1),
            ...(o.color === undefined ? {} : { color: colorOf(o.color) }),
            scale: o.scale ?? 1,
            definite: false,
            words: o.id
        };
    });
    const relations = (read.relations ?? []).map((r, i) => relationOf(r, `request.relations[${i}]`, index));
    if (read.style !== undefined) styleNamed(read.style);
    return {
        ...(read.room === undefined ? {} : { room: read.room }),
        ...(read.style === undefined ? {} : { style: read.style }),
        scale: 1,
        ...(read.size === undefined ? {} : { size: read.size }),
        ...(read.windows === undefined ? {} : { windows: Math.round(read.windows) }),
        things,
        relations,
        notUnderstood: []
    };
}

function parsed(value: unknown): unknown {
    if (typeof value !== 'string') return value;
    if (value.length > 1e6)
        throw badInput(`the request has ${value.length} characters`, 'at most a million', 'Ask for less');
    try {
        return JSON.parse(value);
    } catch (cause) {
        throw badInput('the request is not JSON', 'an object after SCENE_REQUEST_SCHEMA', 'Write it again', cause);
    }
}

function relationOf(
    r: NonNullable<RequestRecord['relations']>[number],
    where: string,
    index: ReadonlyMap<string, number>
): RequestedRelation {
    const a = index.get(r.a);
    const b = r.b === undefined ? placeOf(r.type) : (index.get(r.b) ?? PLACES.find((p) => p === r.b));
    if (a === undefined) throw badInput(`${where}.a is "${r.a}"`, 'the id of an object', 'Name one that is asked for');
    if (b === undefined)
        throw badInput(`${where}.b is "${r.b ?? ''}"`, `the id of an object, or ${PLACES.join(', ')}`, 'Correct it');
    const side = r.side === 0 ? undefined : r.side;
    return {
        type: r.type,
        a,
        b,
        ...(side === undefined ? {} : { side }),
        ...(r.hard === undefined ? {} : { hard: r.hard }),
        words: `${r.a} ${r.type} ${r.b ?? ''}`.trim()
    };
}

/** Where relations of one party are. */
const placeOf = (type: RelationType): PlaceName | undefined =>
    type === 'corner'
        ? 'corner'
        : type === 'hanging'
          ? 'ceiling'
          : type === 'on-wall' || type === 'against-wall'
            ? 'wall'
            : undefined;
