/**
 * The closed vocabulary: words in English and Chinese and what they mean. English plurals are formed by rule (see
 * tokenize.ts), so only odd ones are listed. A phrase of several words wins over its parts.
 */
import type { RelationType, RoomType } from '../graph/scene-graph.ts';

/** What a word or phrase means. */
export type Meaning =
    | { readonly kind: 'object'; readonly class: string; readonly colors?: Readonly<Record<string, string>> }
    | { readonly kind: 'room'; readonly type: RoomType }
    | { readonly kind: 'style'; readonly style: string }
    | { readonly kind: 'color'; readonly color: string }
    | { readonly kind: 'material'; readonly slot: string; readonly color?: string }
    | { readonly kind: 'size'; readonly scale: number; readonly axis?: 'width' | 'height' }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'place'; readonly place: 'wall' | 'window' | 'door' | 'corner' | 'ceiling' | 'floor' | 'middle' }
    | { readonly kind: 'relation'; readonly type: RelationType; readonly side?: number; readonly postfix?: boolean }
    | { readonly kind: 'verb'; readonly verb: 'add' | 'remove' | 'move' | 'make' | 'replace' | 'turn' }
    | { readonly kind: 'definite' }
    | { readonly kind: 'pronoun' }
    | { readonly kind: 'there' }
    | { readonly kind: 'with' }
    | { readonly kind: 'and' }
    | { readonly kind: 'stop' }
    | { readonly kind: 'skip' };

/** Classes and their words: English | Chinese, separated by commas. */
const OBJECTS: Readonly<Record<string, string>> = {
    sofa: 'sofa, couch, settee, loveseat | 沙发, 长沙发',
    armchair: 'armchair, easy chair, lounge chair, recliner | 扶手椅, 单人沙发, 躺椅',
    chair: 'chair, dining chair, side chair | 椅子, 餐椅',
    office_chair: 'office chair, desk chair, swivel chair | 办公椅, 转椅, 电脑椅',
    stool: 'stool, bar stool | 凳子, 高脚凳, 琴凳',
    bench: 'bench | 长凳, 长椅',
    pouf: 'pouf, beanbag, bean bag | 懒人沙发, 蒲团',
    ottoman: 'ottoman, footstool | 脚凳, 脚踏',
    dining_table: 'dining table, table, kitchen table, conference table, meeting table | 餐桌, 桌子, 会议桌, 饭桌',
    coffee_table: 'coffee table, low table, tea table | 茶几, 咖啡桌, 矮桌',
    desk: 'desk, writing desk, work table, computer desk | 书桌, 办公桌, 写字台, 电脑桌',
    side_table: 'side table, end table | 边桌, 边几, 小桌',
    round_table: 'round table | 圆桌',
    nightstand: 'nightstand, bedside table, night table | 床头柜',
    console_table: 'console table, console, hall table | 玄关桌, 条案',
    bookshelf: 'bookshelf, bookcase, shelf, shelves, shelving | 书架, 书柜, 架子',
    cabinet: 'cabinet, cupboard | 柜子, 橱柜',
    sideboard: 'sideboard, buffet, credenza | 餐边柜',
    tv_stand: 'tv stand, tv cabinet, media console, tv unit | 电视柜',
    wardrobe: 'wardrobe, closet, armoire | 衣柜, 衣橱',
    dresser: 'dresser, chest of drawers, commode | 斗柜, 五斗柜, 梳妆台',
    wall_shelf: 'wall shelf, floating shelf | 壁架, 搁板',
    chest: 'chest, trunk, crate | 箱子, 储物箱',
    double_bed: 'double bed, bed, king bed, queen bed, king size bed | 双人床, 床, 大床',
    single_bed: 'single bed, twin bed | 单人床, 小床',
    table_lamp: 'table lamp, bedside lamp, reading lamp | 台灯, 床头灯',
    floor_lamp: 'floor lamp, standing lamp, lamp, light | 落地灯, 灯',
    pendant_lamp: 'pendant lamp, pendant, hanging lamp, chandelier | 吊灯',
    ceiling_lamp: 'ceiling lamp, ceiling light | 吸顶灯, 顶灯',
    wall_lamp: 'wall lamp, sconce | 壁灯',
    desk_lamp: 'desk lamp, task lamp | 工作灯, 护眼灯',
    television: 'television, tv, tv set, flat screen | 电视, 电视机',
    monitor: 'monitor, computer screen, computer, display | 显示器, 电脑, 屏幕',
    laptop: 'laptop, notebook computer | 笔记本电脑, 笔记本',
    keyboard: 'keyboard | 键盘',
    speaker: 'speaker, loudspeaker | 音箱, 音响',
    piano: 'piano, upright piano | 钢琴',
    plant: 'plant, houseplant, house plant, tree, palm, ficus | 植物, 绿植, 盆栽, 树',
    potted_plant: 'potted plant, small plant, succulent, cactus | 小盆栽, 多肉, 仙人掌',
    rug: 'rug, carpet, mat | 地毯, 毯子',
    picture: 'picture, painting, poster, print, artwork, photo | 画, 挂画, 油画, 海报, 照片',
    mirror: 'mirror | 镜子',
    wall_clock: 'clock, wall clock | 钟, 挂钟, 时钟',
    curtain: 'curtain, drape | 窗帘',
    whiteboard: 'whiteboard, board | 白板',
    books: 'book, stack of books, pile of books | 书, 一摞书',
    vase: 'vase, flower, flowers, vase of flowers, bouquet | 花瓶, 花, 鲜花',
    bowl: 'bowl, fruit bowl, bowl of fruit | 碗, 果盘, 水果',
    mug: 'mug, cup, coffee cup, glass | 杯子, 马克杯, 水杯, 茶杯',
    tray: 'tray | 托盘',
    basket: 'basket, laundry basket | 篮子, 筐, 洗衣篮',
    waste_bin: 'bin, waste bin, trash can, wastebasket, garbage can, rubbish bin | 垃圾桶, 废纸篓',
    guitar: 'guitar | 吉他',
    floor_cushion: 'floor cushion, cushion, pillow | 坐垫, 靠垫, 枕头',
    counter: 'counter, kitchen counter, worktop | 台面, 操作台',
    kitchen_sink: 'sink, kitchen sink | 水槽, 洗碗池',
    stove: 'stove, cooker, oven, hob | 炉灶, 灶台, 烤箱',
    fridge: 'fridge, refrigerator, freezer | 冰箱',
    microwave: 'microwave, microwave oven | 微波炉',
    kettle: 'kettle | 水壶',
    plate: 'plate, dish | 盘子, 碟子',
    toilet: 'toilet, wc | 马桶',
    basin: 'basin, washbasin, bathroom sink | 洗手池, 洗脸盆',
    bathtub: 'bathtub, bath, tub | 浴缸',
    washing_machine: 'washing machine, washer | 洗衣机',
    towel_rail: 'towel rail, towel, towel rack | 毛巾架, 毛巾',
    candle: 'candle | 蜡烛',
    teapot: 'teapot | 茶壶',
    globe: 'globe | 地球仪',
    soft_toy: 'soft toy, teddy bear, toy, teddy | 玩具, 玩偶, 泰迪熊',
    shoe_rack: 'shoe rack | 鞋架, 鞋柜',
    coat_rack: 'coat rack, coat stand | 衣帽架',
    folding_screen: 'folding screen, room divider, divider | 屏风, 隔断',
    serving_cart: 'serving cart, bar cart, trolley, drinks cart | 餐车, 推车'
};

const ROOMS: Readonly<Record<RoomType, string>> = {
    living_room: 'living room, lounge, sitting room | 客厅, 起居室',
    bedroom: 'bedroom, guest room | 卧室, 睡房, 客房',
    kitchen: 'kitchen | 厨房',
    bathroom: 'bathroom, restroom | 浴室, 卫生间, 洗手间',
    dining_room: 'dining room | 餐厅, 饭厅',
    office: 'office, study, home office, workspace | 办公室, 书房, 工作室',
    meeting_room: 'meeting room, conference room | 会议室',
    music_room: 'music room | 音乐室, 琴房',
    hall: 'hall, hallway, entrance, corridor | 门厅, 走廊, 玄关',
    room: 'room, space | 房间, 屋子'
};

const STYLES: Readonly<Record<string, string>> = {
    scandinavian: 'scandinavian, nordic, swedish | 北欧, 北欧风, 北欧风格',
    japanese: 'japanese, japandi, zen | 日式, 日式风格, 禅意, 和风',
    industrial: 'industrial, loft | 工业风, 工业风格, 工业',
    classic: 'classic, classical, traditional, victorian | 古典, 古典风格, 传统',
    modern: 'modern, contemporary, minimalist | 现代, 现代风格, 简约',
    mediterranean: 'mediterranean, coastal, greek | 地中海, 地中海风格'
};

const COLORS: Readonly<Record<string, string>> = {
    white: 'white | 白色, 白',
    black: 'black | 黑色, 黑',
    grey: 'grey, gray | 灰色, 灰',
    red: 'red | 红色, 红',
    orange: 'orange | 橙色, 橘色',
    yellow: 'yellow | 黄色, 黄',
    green: 'green | 绿色, 绿',
    blue: 'blue | 蓝色, 蓝',
    purple: 'purple, violet | 紫色',
    pink: 'pink | 粉色, 粉红色',
    brown: 'brown | 棕色, 褐色',
    beige: 'beige, tan | 米色',
    cream: 'cream, ivory | 奶油色, 象牙色',
    turquoise: 'turquoise, teal | 青色',
    navy: 'navy, navy blue, dark blue | 深蓝色',
    gold: 'gold, golden | 金色',
    silver: 'silver | 银色'
};

/** Material words: the slot they ask for, and a colour where the word has one. */
const MATERIALS: readonly (readonly [words: string, slot: string, color?: string])[] = [
    ['wooden, wood, timber | 木制, 木质, 木头, 木', 'wood'],
    ['oak | 橡木', 'wood', '#c49a63'],
    ['walnut | 胡桃木', 'wood', '#6b4630'],
    ['pine | 松木', 'wood', '#dab586'],
    ['leather | 皮质, 皮革, 真皮, 皮', 'leather'],
    ['fabric, cloth, linen | 布艺, 布', 'fabric'],
    ['velvet | 天鹅绒', 'fabric', '#5a2f4f'],
    ['metal, steel, iron | 金属, 铁, 钢', 'metal'],
    ['brass | 黄铜', 'metal', '#c9a557'],
    ['marble, stone | 大理石, 石头', 'stone'],
    ['ceramic, porcelain | 陶瓷', 'ceramic']
];

const SIZES: readonly (readonly [words: string, scale: number, axis?: 'width' | 'height'])[] = [
    ['large, big, huge, spacious | 大, 大型, 宽敞', 1.25],
    ['small, little, tiny, compact | 小, 小型', 0.8],
    ['wide, long | 宽, 长', 1.25, 'width'],
    ['narrow, short | 窄', 0.8, 'width'],
    ['tall, high | 高', 1.15, 'height'],
    ['low | 矮', 0.85, 'height']
];

const NUMBERS: readonly (readonly [words: string, value: number])[] = [
    ['a, an, one, single | 一', 1],
    ['two, a pair of, pair of, a couple of, both, twin | 两, 二, 一对, 双', 2],
    ['three | 三', 3],
    ['four, several | 四, 几', 4],
    ['five | 五', 5],
    ['six | 六', 6],
    ['seven | 七', 7],
    ['eight | 八', 8],
    ['nine | 九', 9],
    ['ten | 十', 10],
    ['some, a few | 一些', 3]
];

const PLACES: readonly (readonly [
    words: string,
    place: 'wall' | 'window' | 'door' | 'corner' | 'ceiling' | 'floor' | 'middle'
])[] = [
    ['wall | 墙壁, 墙面, 墙', 'wall'],
    ['window | 窗户, 窗子, 窗', 'window'],
    ['door, doorway | 房门, 门口, 门', 'door'],
    ['corner | 角落, 墙角', 'corner'],
    ['ceiling | 天花板', 'ceiling'],
    ['floor, ground | 地板, 地面, 地上', 'floor'],
    ['middle, center, centre, middle of the room, center of the room, centre of the room | 中间, 中央', 'middle']
];

/** Relation words; Chinese ones that stand after their object (在沙发旁边) are postfix. */
const RELATIONS: readonly (readonly [
    english: string,
    prefix: string,
    postfix: string,
    type: RelationType,
    side?: number
])[] = [
    [
        'next to, beside, by, adjacent to, alongside, on each side of, on either side of, on both sides of, flanking',
        '挨着, 紧挨着',
        '旁边, 旁, 边上, 两侧, 两边, 一侧',
        'next-to'
    ],
    ['to the left of, left of, on the left of', '', '左边, 左侧, 左面', 'next-to', -1],
    ['to the right of, right of, on the right of', '', '右边, 右侧, 右面', 'next-to', 1],
    ['in front of, before', '', '前面, 前方, 前', 'next-to', 2],
    ['behind, at the back of', '', '后面, 后方, 背后', 'next-to', -2],
    ['under, underneath, below, beneath', '', '下面, 底下, 下方, 下', 'near', 0],
    ['above, over', '', '上方, 上面的墙上', 'on-wall'],
    ['near, close to, not far from, around here', '靠近', '附近', 'near'],
    [
        'opposite, across from, opposite to, opposite from, on the other side from',
        '对着, 正对着, 正对',
        '对面',
        'across'
    ],
    ['facing, looking at, turned to, turned towards, towards', '面向, 面对, 朝向, 朝着, 面朝', '', 'facing'],
    ['against, along, up against', '靠着, 贴着, 靠', '', 'against-wall'],
    ['on, on top of, onto, upon, atop', '', '上面, 上', 'support'],
    ['in, into', '', '里, 里面', 'corner'],
    ['to', '', '', 'next-to'],
    ['hanging from', '挂在, 悬挂在', '', 'hanging'],
    ['around, surrounding', '围着, 环绕', '周围, 四周', 'surround'],
    ['aligned with, in line with, parallel to', '对齐', '', 'aligned']
];

const VERBS: readonly (readonly [words: string, verb: 'add' | 'remove' | 'move' | 'make' | 'replace' | 'turn'])[] = [
    ['add, insert, bring in | 加, 添加, 增加, 加上, 放一', 'add'],
    ['remove, delete, take away, take out, get rid of | 删除, 移除, 去掉, 拿走', 'remove'],
    ['move, put, place, shift | 移动, 移到, 放到, 把, 搬到', 'move'],
    ['make, paint, change, turn into | 变成, 改成, 换成, 涂成', 'make'],
    ['replace, swap | 替换, 换掉', 'replace']
];

const FLAGS: readonly (readonly [
    words: string,
    kind: 'definite' | 'pronoun' | 'there' | 'with' | 'and' | 'stop' | 'skip'
])[] = [
    ['the, this, that, its, their, each, every | 这, 那, 每', 'definite'],
    ['it, them, everything, the room, the scene | 它, 整个房间', 'pronoun'],
    [
        'there is, there are, there stands, stands, has, have, contains, containing, featuring | 有, 放着, 摆着, 挂着, 放有, 摆放着',
        'there'
    ],
    ['with | 带, 配', 'with'],
    ['and, as well as, plus, also | 和, 以及, 还有, 与, 及', 'and'],
    [
        'sits, is, are, of, at, that is, placed, standing, which, style, coloured, colored, please, i want, i would like to, i would like, to have, create, generate, build, me, we need, room with, from | 的, 在, 个, 张, 盏, 把, 间, 幅, 台, 只, 盆, 块, 座, 本, 瓶, 扇, 套, 架, 面, 条, 件, 组, 请, 我想要, 我要, 生成, 一个, 位于, 放在, 摆在, 放, 摆, 各, 都, 里有, 需要, 并, 中, 到, 上有一, 风格, 是, 了, 着',
        'skip'
    ]
];

/** Every phrase and its meaning, the English ones in lower case. */
export function buildLexicon(): { readonly english: Map<string, Meaning>; readonly chinese: Map<string, Meaning> } {
    const english = new Map<string, Meaning>();
    const chinese = new Map<string, Meaning>();
    const add = (words: string, meaning: Meaning): void => {
        const [en = '', zh = ''] = words.split('|');
        for (const [map, list] of [
            [english, en],
            [chinese, zh]
        ] as const) {
            for (const word of list.split(',')) if (word.trim()) map.set(word.trim(), map.get(word.trim()) ?? meaning);
        }
    };
    for (const [name, words] of Object.entries(OBJECTS)) add(words, { kind: 'object', class: name });
    for (const [type, words] of Object.entries(ROOMS)) add(words, { kind: 'room', type: type as RoomType });
    for (const [style, words] of Object.entries(STYLES)) add(words, { kind: 'style', style });
    for (const [color, words] of Object.entries(COLORS)) add(words, { kind: 'color', color });
    for (const [words, slot, color] of MATERIALS) add(words, { kind: 'material', slot, ...(color ? { color } : {}) });
    for (const [words, scale, axis] of SIZES) add(words, { kind: 'size', scale, ...(axis ? { axis } : {}) });
    for (const [words, value] of NUMBERS) add(words, { kind: 'number', value });
    for (const [words, place] of PLACES) add(words, { kind: 'place', place });
    for (const [en, prefix, postfix, type, side] of RELATIONS) {
        const meaning = { kind: 'relation', type, ...(side === undefined ? {} : { side }) } as const;
        add(`${en} | ${prefix}`, meaning);
        add(` | ${postfix}`, { ...meaning, postfix: true });
    }
    for (const [words, verb] of VERBS) add(words, { kind: 'verb', verb });
    for (const [words, kind] of FLAGS) add(words, { kind });
    return { english, chinese };
}
