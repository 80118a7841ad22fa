/**
 * The report's style sheet: one column of cards, system type, light and dark after the reader's machine (or the switch), and
 * a print form. Series colours follow Okabe and Ito's palette, which stays apart under every colour blindness, darkened for
 * 3:1 contrast on white and lightened on black.
 */
export const REPORT_STYLE: string = `
:root{color-scheme:light;--ground:#f6f6f4;--card:#fff;--ink:#1b1c1e;--soft:#5d6168;--faint:#8a8f98;--rule:#e3e3df;--grid:#ececea;
--good:#0b7a4b;--good-bg:#e2f4ea;--bad:#b3261e;--bad-bg:#fbe6e4;--warn:#8a5a00;--warn-bg:#fcf0d8;--accent:#1f5fbf;
--s0:#1f6fb2;--s1:#c2570c;--s2:#0a8a66;--s3:#a94b87;--s4:#a57a00;--s5:#3f8fc4;--s6:#7a5cc0;--s7:#6b7078;--hatch-a:#f3c9c5;--hatch-b:#b3261e}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--ground:#141517;--card:#1d1f22;--ink:#eceded;--soft:#a9aeb6;--faint:#7c828b;--rule:#303338;--grid:#2a2d31;
--good:#5fd39b;--good-bg:#15352a;--bad:#ff8f86;--bad-bg:#431f1d;--warn:#f2c063;--warn-bg:#3d2f12;--accent:#84b4ff;
--s0:#64b1ee;--s1:#f28e4a;--s2:#3dc79c;--s3:#e08cc0;--s4:#e3bd4a;--s5:#9bd3f5;--s6:#b39ef0;--s7:#9aa0a9;--hatch-a:#4a2624;--hatch-b:#ff8f86}}
:root[data-theme=dark]{color-scheme:dark;--ground:#141517;--card:#1d1f22;--ink:#eceded;--soft:#a9aeb6;--faint:#7c828b;--rule:#303338;--grid:#2a2d31;
--good:#5fd39b;--good-bg:#15352a;--bad:#ff8f86;--bad-bg:#431f1d;--warn:#f2c063;--warn-bg:#3d2f12;--accent:#84b4ff;
--s0:#64b1ee;--s1:#f28e4a;--s2:#3dc79c;--s3:#e08cc0;--s4:#e3bd4a;--s5:#9bd3f5;--s6:#b39ef0;--s7:#9aa0a9;--hatch-a:#4a2624;--hatch-b:#ff8f86}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1180px;margin:0 auto;padding:40px 24px 64px}
header{display:flex;flex-wrap:wrap;align-items:flex-start;gap:8px 20px;margin-bottom:26px}
header>div:first-child{flex:1 1 min(420px,100%);min-width:0}
h1,h2,h3,p,li,.figure,figcaption{overflow-wrap:anywhere}
h1{font-size:30px;line-height:1.2;letter-spacing:-.02em;margin:0 0 4px;font-weight:650}
h2{font-size:19px;letter-spacing:-.01em;margin:0;font-weight:620}
h3{font-size:16px;margin:0;font-weight:620}
h4{font-size:13px;margin:18px 0 8px;font-weight:600;color:var(--soft)}
p{margin:6px 0}
.subtitle,.note{color:var(--soft)}
.note{font-size:14px;max-width:80ch}
.pill{display:inline-block;font-size:12.5px;font-weight:620;line-height:1;padding:6px 10px;border-radius:99px;background:var(--grid);color:var(--soft);white-space:nowrap}
.pill.passed{background:var(--good-bg);color:var(--good)}
.pill.failed,.pill.error{background:var(--bad-bg);color:var(--bad)}
.pill.inconclusive,.pill.partial{background:var(--warn-bg);color:var(--warn)}
.tools{display:flex;gap:8px;align-items:center;margin-left:auto;padding-top:4px}
button{font:inherit;font-size:13px;color:var(--soft);background:none;border:1px solid var(--rule);border-radius:7px;padding:4px 10px;cursor:pointer}
button:hover{color:var(--ink);border-color:var(--faint)}
button[aria-pressed=true]{color:var(--card);background:var(--ink);border-color:var(--ink)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(168px,1fr));background:var(--card);border:1px solid var(--rule);border-radius:10px;overflow:hidden;margin:14px 0}
.figures.of-1{max-width:270px}.figures.of-2{max-width:500px}.figures.of-3{max-width:720px}.figures.of-4{max-width:940px}
.figure{box-shadow:1px 1px 0 var(--rule);padding:13px 16px 12px}
.figure dt{font-size:12.5px;color:var(--soft)}
.figure dd{margin:2px 0 0}
.figure .value{font-size:22px;font-weight:620;letter-spacing:-.01em;line-height:1.25;overflow-wrap:break-word}
.figure .unit{font-size:14px;font-weight:500;color:var(--soft);letter-spacing:0}
.figure .figure-note{font-size:12.5px;color:var(--faint)}
.figure.good .value{color:var(--good)}
.figure.bad .value{color:var(--bad)}
.contents{display:flex;flex-wrap:wrap;gap:6px 18px;padding:0;margin:20px 0 0;list-style:none;font-size:14px}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
.card{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:22px 24px 24px;margin-top:22px;scroll-margin-top:16px}
.card .card{border:0;border-top:1px solid var(--rule);border-radius:0;padding:18px 0 4px;margin-top:18px}
.title{display:flex;align-items:center;gap:12px;flex-wrap:wrap;margin-bottom:6px}
.scroll{overflow-x:auto;scrollbar-width:thin}
svg{display:block;max-width:none}
svg.fit{max-width:100%;height:auto}
svg.defs{position:absolute}
svg.swatch{display:inline-block;margin-right:6px;vertical-align:-1px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;padding:0;margin:4px 0 10px;font-size:13px;color:var(--soft)}
.grid{stroke:var(--grid)}.axis{stroke:var(--faint)}
.tick,.axis-title,.lane,.mark-label{font-size:11.5px;fill:var(--soft)}
.lane{font-weight:600}
.mark,.deadline{stroke:var(--ink);stroke-width:1.3;fill:none}
.mark{stroke-dasharray:5 3}
.mark-label{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:3px}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.fill.s0,.fill.on-time,.fill.cause-transmission{fill:var(--s0)}.line.s0{stroke:var(--s0)}
.fill.s1,.fill.late,.fill.cause-queueing{fill:var(--s1)}.line.s1{stroke:var(--s1)}
.fill.s2,.fill.cause-tdd{fill:var(--s2)}.line.s2{stroke:var(--s2)}
.fill.s3,.fill.cause-harq{fill:var(--s3)}.line.s3{stroke:var(--s3)}
.fill.s4,.fill.incomplete,.fill.cause-handover{fill:var(--s4)}.line.s4{stroke:var(--s4)}
.fill.s5,.fill.cause-discarded{fill:var(--s5)}.line.s5{stroke:var(--s5)}
.fill.s6,.fill.cause-residual-error{fill:var(--s6)}.line.s6{stroke:var(--s6)}
.fill.s7,.fill.cause-core{fill:var(--s7)}.line.s7{stroke:var(--s7)}
.fill.lost{fill:url(#hatch)}
.swatch .fill.lost{fill:var(--hatch-b)}
.hatch-ground{fill:var(--hatch-a)}.hatch-line{fill:var(--hatch-b)}
.modes{display:flex;gap:6px;margin:10px 0 12px;flex-wrap:wrap}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:16px;align-items:start}
figure{margin:0;min-width:0}
figcaption{font-size:13px;color:var(--soft);margin-top:6px}
figcaption b{color:var(--ink);font-weight:600}
img{display:block;width:100%;height:auto;border-radius:6px;background:repeating-conic-gradient(#9993 0 25%,#0000 0 50%) 0 0/16px 16px}
img.small{image-rendering:pixelated}
.stage{position:relative;max-width:100%;margin:0 auto;display:none;isolation:isolate}
.stage img{width:100%}
.stage .over{position:absolute;inset:0}
.stage .divider{position:absolute;top:0;bottom:0;left:var(--split,50%);width:2px;margin-left:-1px;background:#fff;box-shadow:0 0 0 1px #0007;pointer-events:none;display:none}
.stage .side{position:absolute;top:8px;font-size:12px;padding:2px 8px;border-radius:5px;background:#000a;color:#fff;pointer-events:none}
.stage .side.left{left:8px}.stage .side.right{right:8px}
.stage input{width:100%;margin:10px 0 0;accent-color:var(--accent)}
.compare[data-mode=slider] .stage,.compare[data-mode=blink] .stage,.compare[data-mode=difference] .stage{display:block}
.compare[data-mode=slider] .pictures,.compare[data-mode=blink] .pictures,.compare[data-mode=difference] .pictures{display:none}
.compare[data-mode=slider] .over{clip-path:inset(0 0 0 var(--split,50%))}
.compare[data-mode=slider] .divider{display:block}
.compare[data-mode=blink] .over{animation:blink 1s steps(1) infinite}
.compare[data-mode=difference] .over{mix-blend-mode:difference}
.compare[data-mode=difference] .stage-pictures{filter:brightness(var(--gain,8))}
.compare[data-mode=difference] .side,.compare[data-mode=blink] .side.left{display:none}
.compare:not([data-mode=slider]) .split{display:none}
.compare:not([data-mode=difference]) .gain{display:none}
.control{display:block;font-size:13px;color:var(--soft)}
.stage-pictures{position:relative;overflow:hidden;border-radius:6px;background:#000}
@keyframes blink{50%{visibility:hidden}}
@media (prefers-reduced-motion:reduce){.compare[data-mode=blink] .over{animation-duration:3s}}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;font-size:12.5px;color:var(--soft);border-bottom:1px solid var(--rule);padding:6px 12px 6px 0;white-space:nowrap}
td{border-bottom:1px solid var(--grid);padding:6px 12px 6px 0;vertical-align:top;overflow-wrap:anywhere}
td.number,th.number{text-align:right;padding-right:28px;white-space:nowrap}#cases td:nth-child(2){min-width:6.5em}#cases td:nth-child(3){min-width:9em}#cases td:nth-child(4){min-width:15em}td.number:last-child,th.number:last-child{padding-right:0}
tr:last-child td{border-bottom:0}
pre{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--ground);border-radius:8px;padding:12px 14px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0}
details{margin-top:12px}
summary{cursor:pointer;font-size:13.5px;color:var(--soft)}
footer{margin-top:34px;font-size:13px;color:var(--soft)}
footer dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 16px;margin:8px 0}
footer dd{margin:0;overflow-wrap:anywhere}
@media print{body{background:#fff;font-size:11pt}main{max-width:none;padding:0}.tools,.modes,.stage,.contents{display:none!important}.compare .pictures{display:grid!important}.card{break-inside:avoid-page;border-color:#ccc}.scroll{overflow:visible}svg{max-width:100%;height:auto}details{display:block}}
@media (max-width:640px){main{padding:24px 14px}.card{padding:16px}}
`.trim();

/** What the page does: switch the theme, the compare mode, the slider. Everything is readable without it. */
export const REPORT_SCRIPT: string = `
'use strict';
const root=document.documentElement;
for(const button of document.querySelectorAll('[data-theme-switch]'))button.addEventListener('click',()=>{
const dark=root.dataset.theme?root.dataset.theme==='dark':matchMedia('(prefers-color-scheme:dark)').matches;
root.dataset.theme=dark?'light':'dark'});
for(const box of document.querySelectorAll('.compare')){
const buttons=[...box.querySelectorAll('[data-set-mode]')];
const set=mode=>{box.dataset.mode=mode;const from=box.querySelectorAll('.pictures img');box.querySelectorAll('.stage img').forEach((img,i)=>{if(!img.src)img.src=from[i].src});for(const b of buttons)b.setAttribute('aria-pressed',String(b.dataset.setMode===mode))};
box.querySelector('.modes').hidden=false;
for(const button of buttons)button.addEventListener('click',()=>set(button.dataset.setMode));
const stage=box.querySelector('.stage'),split=box.querySelector('.split input'),gain=box.querySelector('.gain input');
const move=value=>{split.value=value;stage.style.setProperty('--split',value+'%')};
split.addEventListener('input',()=>move(split.value));
gain.addEventListener('input',()=>stage.style.setProperty('--gain',gain.value));
const drag=event=>{if(box.dataset.mode!=='slider'||!(event.buttons&1))return;
const area=stage.querySelector('.stage-pictures').getBoundingClientRect();
move(Math.max(0,Math.min(100,100*(event.clientX-area.left)/area.width)))};
const pictures=stage.querySelector('.stage-pictures');
pictures.addEventListener('pointerdown',event=>{event.preventDefault();pictures.setPointerCapture(event.pointerId);drag(event)});
pictures.addEventListener('pointermove',drag)}
`.trim();
