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
    | { readonly kind: 'verb'; readonly verb: 'add' | 'remove' | 'move' | 'make' | 'replace' | 'refurnish' }
    | { readonly kind: 'definite' }
    | { readonly kind: 'each' }
    | { readonly kind: 'none' }
    | { readonly kind: 'together' }
    | { readonly kind: 'pronoun' }
    | { readonly kind: 'there' }
    | { readonly kind: 'with' }
    | { readonly kind: 'and' }
    | { readonly kind: 'stop' }
    | { readonly kind: 'skip' };

/** Classes and their words: English | Chinese, separated by commas. */
const OBJECTS: Readonly<Record<string, string>> = {
    sofa: 'sofa, couch, settee, loveseat | 沙发, 长沙发',
    armchair: 'armchair, easy chair, lounge chair, recliner | 扶手椅, 单人沙发, 单人椅, 躺椅',
    chair: 'chair, dining chair, side chair | 椅子, 餐椅',
    office_chair: 'office chair, desk chair, swivel chair | 办公椅, 转椅, 电脑椅',
    stool: 'stool, bar stool | 凳子, 高脚凳, 琴凳',
    bench: 'bench | 长凳, 长椅',
    pouf: 'pouf, beanbag, bean bag | 懒人沙发, 蒲团',
    ottoman: 'ottoman, footstool | 脚凳, 脚踏',
    dining_table:
        'dining table, table, kitchen table, conference table, meeting table | 餐桌, 桌子, 会议桌, 饭桌, 长桌, 长餐桌',
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
    mug: 'mug, coffee cup | 马克杯, 咖啡杯',
    tray: 'tray | 托盘',
    basket: 'basket, laundry basket | 篮子, 筐, 洗衣篮',
    waste_bin: 'bin, waste bin, trash can, wastebasket, garbage can, rubbish bin | 垃圾桶, 废纸篓',
    guitar: 'guitar | 吉他',
    floor_cushion: 'floor cushion, cushion | 坐垫, 靠垫',
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
    soft_toy: 'soft toy, teddy bear, toy, teddy | 玩具, 玩偶, 泰迪熊, 毛绒玩具',
    shoe_rack: 'shoe rack | 鞋架, 鞋柜',
    coat_rack: 'coat rack, coat stand | 衣帽架',
    folding_screen: 'folding screen, room divider, divider | 屏风, 隔断',
    serving_cart: 'serving cart, bar cart, trolley, drinks cart | 餐车, 推车',
    cell_phone: 'phone, cell phone, smartphone, mobile phone | 手机, 电话',
    remote_control: 'remote, remote control, tv remote | 遥控器',
    pencil: 'pencil | 铅笔',
    pen: 'pen, ballpoint | 钢笔, 圆珠笔, 笔',
    key_chain: 'keys, key, key chain, keychain | 钥匙',
    watch: 'watch, wristwatch | 手表',
    credit_card: 'credit card, bank card | 信用卡, 银行卡',
    cd: 'cd, dvd, disc, record | 光盘, 唱片',
    alarm_clock: 'alarm clock | 闹钟',
    tissue_box: 'tissue box, tissues, box of tissues | 纸巾盒, 纸巾, 抽纸',
    newspaper: 'newspaper, magazine | 报纸, 杂志',
    pillow: 'pillow, throw pillow | 抱枕, 枕头',
    statue: 'statue, sculpture, figurine, bust | 雕像, 雕塑, 摆件',
    box: 'box, cardboard box, carton | 纸箱, 盒子',
    basketball: 'basketball | 篮球',
    ball: 'ball, football | 球, 足球',
    baseball_bat: 'baseball bat, bat | 球棒, 棒球棒',
    tennis_racket: 'tennis racket, racket | 网球拍, 球拍',
    dumbbell: 'dumbbell, weights | 哑铃',
    jewelry_box: 'jewelry box, jewellery box | 首饰盒',
    safe: 'safe | 保险箱, 保险柜',
    boots: 'boots, boot, shoes | 靴子, 鞋子',
    dog_bed: 'dog bed, pet bed | 狗窝, 宠物床',
    laundry_hamper: 'laundry hamper, hamper | 脏衣篓',
    storage_bench: 'storage bench | 收纳凳',
    tablet: 'tablet, ipad | 平板, 平板电脑',
    radio: 'radio | 收音机',
    camera: 'camera | 相机, 照相机',
    photo_frame: 'photo frame, framed photo, picture frame | 相框',
    piggy_bank: 'piggy bank | 存钱罐',
    hourglass: 'hourglass | 沙漏',
    apple: 'apple | 苹果',
    tomato: 'tomato | 番茄, 西红柿',
    egg: 'egg | 鸡蛋',
    potato: 'potato | 土豆',
    lettuce: 'lettuce, cabbage | 生菜, 白菜',
    bread: 'bread, loaf, loaf of bread | 面包',
    knife: 'knife, kitchen knife | 刀, 菜刀',
    butter_knife: 'butter knife | 黄油刀, 餐刀',
    fork: 'fork | 叉子',
    spoon: 'spoon | 勺子, 调羹',
    spatula: 'spatula | 锅铲',
    ladle: 'ladle | 汤勺',
    salt_shaker: 'salt shaker, salt | 盐瓶, 盐',
    pepper_shaker: 'pepper shaker, pepper | 胡椒瓶, 胡椒',
    cup: 'cup, glass, tumbler, teacup | 杯子, 水杯, 茶杯',
    bottle: 'bottle | 瓶子',
    wine_bottle: 'wine bottle, wine, bottle of wine | 酒瓶, 红酒',
    can: 'can, tin | 罐头, 易拉罐',
    jar: 'jar | 罐子',
    pot: 'pot, cooking pot, saucepan | 锅, 汤锅',
    pan: 'pan, frying pan | 平底锅, 煎锅',
    toaster: 'toaster | 烤面包机, 面包机',
    coffee_machine: 'coffee machine, coffee maker, espresso machine | 咖啡机',
    knife_block: 'knife block | 刀架',
    cutting_board: 'cutting board, chopping board | 砧板, 切菜板',
    soap_bottle: 'soap bottle, soap dispenser, bottle of soap | 洗手液, 皂液瓶',
    spray_bottle: 'spray bottle | 喷瓶, 喷壶',
    dish_sponge: 'sponge, dish sponge | 海绵, 洗碗海绵',
    soap_bar: 'soap, bar of soap | 肥皂, 香皂',
    paper_towel_roll: 'paper towel, paper towel roll, kitchen roll | 厨房纸',
    toilet_paper: 'toilet paper, toilet roll | 卫生纸, 厕纸',
    cloth: 'cloth, rag | 抹布',
    toothbrush_cup: 'toothbrush, toothbrush cup | 牙刷, 牙刷杯',
    plunger: 'plunger | 皮搋子, 马桶塞',
    toilet_brush: 'toilet brush | 马桶刷',
    garbage_bag: 'garbage bag, trash bag | 垃圾袋',
    clothes_dryer: 'dryer, clothes dryer, tumble dryer | 烘干机',
    dishwasher: 'dishwasher | 洗碗机'
};

const ROOMS: Readonly<Record<RoomType, string>> = {
    living_room: 'living room, lounge, sitting room | 客厅, 起居室',
    bedroom: 'bedroom, guest room, kids room, nursery | 卧室, 睡房, 客房, 儿童房, 主卧, 次卧',
    kitchen: 'kitchen | 厨房',
    bathroom: 'bathroom, restroom | 浴室, 卫生间, 洗手间',
    dining_room: 'dining room | 餐厅, 饭厅',
    office: 'office, study, home office, workspace | 办公室, 书房, 工作室',
    meeting_room: 'meeting room, conference room | 会议室',
    music_room: 'music room | 音乐室, 琴房',
    hall: 'hall, hallway, entrance, corridor | 门厅, 走廊, 玄关',
    room: 'room, space | 房间, 屋子'
};

/** Styles, and the moods that each comes nearest to. */
const STYLES: Readonly<Record<string, string>> = {
    scandinavian: 'scandinavian, nordic, swedish, cosy, cozy, hygge, homely | 北欧, 北欧风, 北欧风格, 温馨, 舒适',
    japanese: 'japanese, japandi, zen, calm, serene | 日式, 日式风格, 禅意, 和风, 宁静',
    industrial: 'industrial, loft, raw | 工业风, 工业风格, 工业',
    classic: 'classic, classical, traditional, victorian, elegant, luxurious | 古典, 古典风格, 传统, 优雅, 豪华',
    modern: 'modern, contemporary, minimalist, minimal, sleek | 现代, 现代风格, 简约, 极简',
    mediterranean: 'mediterranean, coastal, greek, bright, airy, sunny | 地中海, 地中海风格, 明亮, 通透'
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
        'next to, beside, by, adjacent to, alongside, on each side of, on either side of, on both sides of, flanking, between, in between',
        '挨着, 紧挨着',
        '旁边, 旁, 边上, 两侧, 两边, 一侧, 之间',
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
    ['aligned with, in line with, parallel to, lined up with', '对齐', '', 'aligned'],
    ['symmetric to, symmetrical to, symmetric about, centred on, centered on', '', '', 'symmetric'],
    ['away from, clear of, far from', '远离, 离开', '', 'clearance']
];

const VERBS: readonly (readonly [words: string, verb: 'add' | 'remove' | 'move' | 'make' | 'replace' | 'refurnish'])[] =
    [
        ['add, insert, bring in | 加, 添加, 增加, 加上, 放一', 'add'],
        ['remove, delete, take away, take out, get rid of | 删除, 移除, 去掉, 拿走', 'remove'],
        ['move, put, place, shift | 移动, 移到, 放到, 把, 搬到', 'move'],
        ['make, paint, change, turn into | 变成, 改成, 换成, 涂成', 'make'],
        ['replace, swap | 替换, 换掉', 'replace'],
        ['refurnish, redecorate, furnish again | 重新布置, 重新装修', 'refurnish']
    ];

const FLAGS: readonly (readonly [
    words: string,
    kind: 'definite' | 'each' | 'none' | 'together' | 'pronoun' | 'there' | 'with' | 'and' | 'stop' | 'skip'
])[] = [
    ['the, this, that, its, their | 这, 那', 'definite'],
    ['each, every | 每', 'each'],
    ['no, without, without any, without a | 没有, 不要', 'none'],
    ['side by side, next to each other, next to one another, beside each other | 并排, 并列', 'together'],
    ['it, them, everything, the room, the scene | 它, 整个房间', 'pronoun'],
    [
        'there is, there are, there stands, stands, has, have, contains, containing, featuring | 有, 放着, 摆着, 挂着, 放有, 摆放着',
        'there'
    ],
    ['with | 带, 配', 'with'],
    ['and, as well as, plus, also | 和, 以及, 还有, 与, 及', 'and'],
    [
        'sits, is, are, of, at, that is, placed, standing, which, style, coloured, colored, please, i want, i would like to, i would like, to have, create, generate, build, me, we need, room with, from | 的, 在, 个, 张, 盏, 把, 间, 幅, 台, 只, 盆, 块, 座, 本, 瓶, 扇, 套, 架, 面, 条, 件, 组, 请, 我想要, 我要, 生成, 一个, 位于, 放在, 摆在, 放, 摆, 各, 都, 需要, 并, 中, 到, 风格, 是, 了, 着',
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
