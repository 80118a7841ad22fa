/**
 * Tokens to a request: things with counts and attributes, relations between them, the room and its style. One pass, left to
 * right, over noun phrases and relation words: English and the prefix relations of Chinese put the relation between the
 * two things (床对着窗户), Chinese postfix ones behind the second (灯在沙发旁边) or before a verb of being (桌上有书).
 */
import { furnitureClass } from '../catalogue/catalogue.ts';
import type { RelationType, RoomType } from '../graph/scene-graph.ts';
import { readSize } from './room-size.ts';
import { type Token, tokenize } from './tokenize.ts';

/** A thing that is asked for. */
export interface RequestedThing {
    readonly class: string;
    /** 1 to 40. */
    readonly count: number;
    readonly color?: string;
    readonly material?: { readonly slot: string; readonly color?: string };
    readonly scale: number;
    readonly axis?: 'width' | 'height';
    /** "the sofa": it should be there already. */
    readonly definite: boolean;
    readonly words: string;
}

/** Places of the room that relations name. */
export type PlaceName = 'wall' | 'window' | 'door' | 'corner' | 'ceiling' | 'floor' | 'middle';

/** A relation between things, by index, or to a place. */
export interface RequestedRelation {
    readonly type: RelationType;
    readonly a: number;
    readonly b: number | PlaceName;
    readonly side?: number;
    /** Must hold; requests in words never insist. */
    readonly hard?: boolean;
    readonly words: string;
}

/** What a text asks for. */
export interface TextRequest {
    readonly room?: RoomType;
    readonly style?: string;
    /** Of the room, against its usual size. */
    readonly scale: number;
    /** Metres, if the text says. */
    readonly size?: readonly [number, number];
    readonly windows?: number;
    readonly things: readonly RequestedThing[];
    readonly relations: readonly RequestedRelation[];
    /** Classes that are not to be there. */
    readonly excluded?: readonly string[];
    /** Words that mean nothing here, and numbers beyond what a room holds. */
    readonly notUnderstood: readonly string[];
}

type Relation = Extract<Token, { kind: 'relation' }>;
/** The end of a relation: a thing by its index, or a place. */
type Party = number | PlaceName;

const MOST = 40;
/** `side` of a relation whose things go to both sides in turn. */
export const BOTH_SIDES = 9;

/** Reads a text; throws `bad-input` only for empty or too long ones. */
export function parseRequest(text: string): TextRequest {
    const { size, rest } = readSize(text);
    return new Parser(tokenize(rest)).parse(size);
}

class Parser {
    readonly #tokens: readonly Token[];
    readonly #things: RequestedThing[] = [];
    readonly #relations: RequestedRelation[] = [];
    readonly #unknown: string[] = [];
    #room: RoomType | undefined;
    readonly #styles: string[] = [];
    #scale = 1;
    #windows: number | undefined;
    /** Adjectives since the last noun. */
    #count = 0;
    #color: string | undefined;
    #material: RequestedThing['material'];
    #size: { readonly scale: number; readonly axis?: 'width' | 'height' } | undefined;
    #definite = false;
    /** What a relation word is about, what it waits for, and the thing before the subject. */
    #subject: Party | null = null;
    #before: Party | null = null;
    /** The subject before the last comma or "and". */
    #last: Party | null = null;
    #pending: Relation | null = null;
    #inverse: { readonly relation: Relation; readonly target: Party } | null = null;
    /** The last inverse relation that a thing completed: 床头柜上有一个闹钟和一本书. */
    #carried: { readonly relation: Relation; readonly target: Party } | null = null;
    /** Index of the first thing since the last full stop or relation word: a pot and a pan on the stove. */
    #list = 0;
    #owner: number | null = null;
    #with = false;
    /** Of each of these there is one of what follows: two desks, each with a lamp. */
    #each: number | null = null;
    /** The next noun is the one meant by "each". */
    #eachNext = false;
    #none = false;
    readonly #excluded: string[] = [];
    /** A second noun followed the subject with nothing between: 灯在沙发旁边. */
    #adjacent = false;

    constructor(tokens: readonly Token[]) {
        this.#tokens = tokens;
    }

    parse(size: readonly [number, number] | undefined): TextRequest {
        for (const token of this.#tokens) this.#read(token);
        this.#endPhrase();
        return {
            ...(this.#room ? { room: this.#room } : {}),
            ...(this.#styles.length > 0 ? { style: mixOf(this.#styles) } : {}),
            scale: this.#scale,
            ...(size ? { size } : {}),
            ...(this.#windows === undefined ? {} : { windows: this.#windows }),
            ...(this.#excluded.length > 0 ? { excluded: this.#excluded } : {}),
            things: this.#things,
            relations: this.#relations,
            notUnderstood: this.#unknown
        };
    }

    #read(token: Token): void {
        switch (token.kind) {
            case 'number':
                if (token.value > MOST) this.#unknown.push(`${token.text} (at most ${MOST} of a thing)`);
                this.#count = Math.max(1, Math.min(MOST, Math.round(token.value)));
                return;
            case 'color':
                this.#color = token.color;
                return;
            case 'material':
                this.#material = { slot: token.slot, ...(token.color ? { color: token.color } : {}) };
                return;
            case 'size':
                this.#size = token;
                return;
            case 'definite':
                this.#definite = true;
                return;
            case 'each': {
                const party = this.#subject ?? this.#last;
                this.#each = typeof party === 'number' ? party : null;
                this.#eachNext = true;
                this.#definite = true;
                return;
            }
            case 'none':
                this.#none = true;
                return;
            case 'together':
                this.#setTogether(token.text);
                return;
            case 'style':
                if (!this.#styles.includes(token.style)) this.#styles.push(token.style);
                return;
            case 'room':
                this.#readRoom(token.type);
                return;
            case 'object':
                this.#readObject(token);
                return;
            case 'place':
                this.#readPlace(token.place, token.text);
                return;
            case 'relation':
                this.#readRelation(token);
                return;
            case 'pronoun':
                if (this.#pending && this.#subject !== null)
                    this.#relate(this.#subject, this.#pending, this.#owner ?? this.#before);
                this.#pending = null;
                return;
            case 'with':
                this.#with = true;
                this.#owner = typeof this.#subject === 'number' ? this.#subject : this.#each;
                this.#eachNext = false;
                this.#pending = null;
                return;
            case 'and':
                this.#endPhrase();
                if (/^[,，]$/.test(token.text)) this.#endEach();
                return;
            case 'stop':
                this.#endPhrase();
                this.#endEach();
                this.#carried = null;
                this.#list = this.#things.length;
                this.#owner = null;
                this.#with = false;
                return;
            case 'unknown':
                this.#unknown.push(token.text);
                return;
            default:
                return;
        }
    }

    #endPhrase(): void {
        // Attributes that no noun followed describe the one before: the sofa is blue, make the sofa blue.
        if (typeof this.#subject === 'number' && (this.#color || this.#material || this.#size)) {
            this.#things[this.#subject] = {
                ...this.#things[this.#subject]!,
                ...(this.#color ? { color: this.#color } : {}),
                ...(this.#material ? { material: this.#material } : {}),
                ...(this.#size ? { scale: this.#size.scale } : {})
            };
        }
        this.#pending = null;
        this.#inverse = null;
        this.#adjacent = false;
        // What follows is about something new, unless it starts with a relation word.
        if (this.#subject !== null) this.#last = this.#subject;
        this.#before = this.#subject ?? this.#before;
        this.#subject = null;
        this.#clear();
    }

    #endEach(): void {
        if (this.#each !== null) this.#with = false;
        this.#each = null;
        this.#eachNext = false;
        this.#none = false;
    }

    /** Several of one kind in a row: two desks side by side. */
    #setTogether(words: string): void {
        const party = this.#subject ?? this.#last;
        if (typeof party !== 'number' || this.#things[party]!.count < 2) return;
        this.#relations.push({ type: 'next-to', a: party, b: party, words: `${this.#things[party]!.words} ${words}` });
    }

    #clear(): void {
        this.#count = 0;
        this.#color = undefined;
        this.#material = undefined;
        this.#size = undefined;
        this.#definite = false;
    }

    #readRoom(type: RoomType): void {
        if (this.#room === undefined || type !== 'room') this.#room = type;
        if (this.#size) this.#scale *= this.#size.scale;
        this.#pending = null;
        this.#subject = null;
        this.#carried = null;
        this.#owner = null;
        this.#clear();
    }

    #readObject(token: Extract<Token, { kind: 'object' }>): void {
        if (this.#none) {
            this.#excluded.push(token.class);
            this.#clear();
            return;
        }
        const known = this.#things.findIndex((t) => t.class === token.class);
        // "the sofa", "next to a sofa", and bare nouns as Chinese has them, mean the one that was named before.
        const bare = this.#count === 0 && !this.#color && !this.#size;
        const meant = this.#pending !== null || this.#definite || bare;
        const refers = known >= 0 && meant && this.#count < 2 && !token.plural;
        let index = known;
        if (this.#eachNext && refers) this.#each = index;
        else if (this.#eachNext) this.#each = null;
        this.#eachNext = false;
        const times = this.#each !== null && !refers ? this.#things[this.#each]!.count : 1;
        if (!refers) {
            index = this.#things.length;
            this.#things.push({
                class: token.class,
                count: Math.min(MOST, times * (this.#count || (token.plural ? 2 : 1))),
                ...(this.#color ? { color: this.#color } : {}),
                ...(this.#material ? { material: this.#material } : {}),
                scale: this.#size?.scale ?? 1,
                ...(this.#size?.axis ? { axis: this.#size.axis } : {}),
                definite: this.#definite,
                words: token.text
            });
        }
        this.#clear();
        this.#noun(index);
    }

    #readPlace(place: PlaceName, text: string): void {
        if (
            place === 'window' &&
            this.#pending === null &&
            this.#inverse === null &&
            !this.#definite &&
            /^[a-z]/.test(text)
        ) {
            this.#windows = this.#none ? 0 : Math.min(8, this.#count || 1);
            this.#none = false;
            this.#clear();
            return;
        }
        this.#clear();
        this.#noun(place);
    }

    /** A thing or a place has been named: finish what waited for it. */
    #noun(party: Party): void {
        if (this.#pending && this.#subject !== null) {
            this.#relate(this.#subject, this.#pending, party);
            this.#pending = null;
            this.#before = party;
            return;
        }
        if (this.#inverse) {
            this.#relate(party, this.#inverse.relation, this.#inverse.target);
            // 床的两侧有床头柜和台灯: the next thing is on its own, unless it is a small one on the same carrier.
            this.#carried = this.#inverse.relation.type === 'support' ? this.#inverse : null;
            this.#inverse = null;
        } else if (this.#carried && this.#subject === null && isSmall(this.#classOf(party))) {
            this.#relate(party, this.#carried.relation, this.#carried.target);
        } else if (this.#with && this.#owner !== null && typeof party === 'number' && party !== this.#owner) {
            this.#relate(party, null, this.#owner);
            this.#with = this.#each !== null;
        }
        this.#adjacent = this.#subject !== null;
        this.#before = this.#subject;
        this.#subject = party;
    }

    #readRelation(token: Relation): void {
        if (!token.postfix) {
            this.#pending = token;
            this.#subject ??= this.#last;
            return;
        }
        const target = this.#subject;
        this.#carried = null;
        if (target === null) return;
        if (this.#adjacent && typeof this.#before === 'number') {
            this.#relate(this.#before, token, target);
            this.#subject = this.#before;
            this.#adjacent = false;
        } else this.#inverse = { relation: token, target };
    }

    /** Notes a relation; without a word for it (a table with chairs) the classes decide later, as `co-occurrence`. */
    #relate(a: Party, word: Relation | null, b: Party | null): void {
        if (typeof a !== 'number' || b === null || a === b) return;
        if (/between|之间/.test(word?.text ?? '') && typeof b === 'number') {
            // A bed between two nightstands: one of them on each side of it.
            const words = `${this.#things[a]!.words} ${word!.text} ${this.#things[b]!.words}`;
            this.#relations.push({ type: 'next-to', a: b, b: a, side: BOTH_SIDES, words });
            this.#list = this.#things.length;
            return;
        }
        const words = `${this.#things[a]!.words} ${word?.text ?? 'with'} ${typeof b === 'number' ? this.#things[b]!.words : b}`;
        const type = word?.type ?? 'co-occurrence';
        const both = /each|both|either|flank|两/.test(word?.text ?? '');
        if (both && this.#things[a]!.count === 1) this.#things[a] = { ...this.#things[a]!, count: 2 };
        const side = both ? BOTH_SIDES : word?.side;
        this.#relations.push({ type, a, b, ...(side === undefined ? {} : { side }), words });
        if (type === 'support') this.#shareWithList(a, b, word);
        this.#list = this.#things.length;
    }

    /** Small things listed before, with nothing said of them, stand there too. */
    #shareWithList(a: number, b: Party, word: Relation | null): void {
        for (let i = a - 1; i >= this.#list && i !== b; i--) {
            if (!isSmall(this.#classOf(i)) || this.#relations.some((r) => r.a === i)) return;
            this.#relations.push({
                type: 'support',
                a: i,
                b,
                words: `${this.#things[i]!.words} ${word?.text ?? 'with'}`
            });
        }
    }

    #classOf(party: Party): string | null {
        return typeof party === 'number' ? this.#things[party]!.class : null;
    }
}

/** Stands on other things. */
const isSmall = (name: string | null): boolean => name !== null && furnitureClass(name).support === 'node';

/** One style, or equal parts of several: a modern Japanese room. */
const mixOf = (styles: readonly string[]): string =>
    styles.length === 1 ? styles[0]! : styles.map((name) => `${name}:${(1 / styles.length).toFixed(2)}`).join('+');
