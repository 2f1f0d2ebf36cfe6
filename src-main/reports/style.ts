/** @file The look of a report: one column of calm type, light and dark on a screen, always light on A4 paper. */
import { escapeCss } from './html.ts';

const light = `--paper:#fff;--ink:#17212b;--soft:#46535f;--muted:#6b7883;--hair:#e3e7ea;--grid:#edf0f2;--panel:#f6f8f9;
--actual:#3c4650;--accent:#0f6e8c;--band:#0f6e8c;--warm:#b3541e;--good:#2c7a4b;--heat:#0f6e8c;--empty:#f2f4f5;`;
const dark = `--paper:#11171c;--ink:#e8edf1;--soft:#b9c4cc;--muted:#8b98a2;--hair:#2a343c;--grid:#222b32;--panel:#182027;
--actual:#c9d2d9;--accent:#4fb6d6;--band:#4fb6d6;--warm:#e58e55;--good:#6cc08b;--heat:#4fb6d6;--empty:#1b242b;`;

export interface PageFurniture {
  readonly header: string;
  readonly footer: string;
  /** the word before the page number */
  readonly page: string;
  /** base64 of a woff2 file, or null for the system's own type */
  readonly font: string | null;
}

export function styleSheet(furniture: PageFurniture): string {
  const { header, footer, page, font } = furniture;
  const face = font
    ? `@font-face{font-family:'Report Sans';font-weight:100 900;src:url(data:font/woff2;base64,${font}) format('woff2')}`
    : '';
  return `${face}
:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 15px/1.55 'Report Sans',Inter,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-feature-settings:'cv05','ss03';}
main{max-width:780px;margin:0 auto;padding:56px 28px 80px}
header.top{margin-bottom:34px}
.kicker{display:flex;justify-content:space-between;gap:16px;color:var(--muted);font-size:12.5px;letter-spacing:.01em}
.kicker b{color:var(--accent);font-weight:650}
h1{font-size:34px;line-height:1.12;letter-spacing:-.022em;font-weight:680;margin:26px 0 4px;overflow-wrap:anywhere}
.subtitle{color:var(--muted);margin:0 0 22px;font-size:14px;overflow-wrap:anywhere}
.verdict{font-size:20px;line-height:1.42;letter-spacing:-.011em;font-weight:500;margin:0 0 10px;text-wrap:pretty;overflow-wrap:anywhere}
.aside{color:var(--soft);margin:0 0 6px;font-size:14px;max-width:66ch;text-wrap:pretty;overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(5,1fr);border-top:1px solid var(--hair);border-bottom:1px solid var(--hair);margin:26px 0 0}
.card{padding:14px 12px 12px;border-left:1px solid var(--hair)}
.card:first-child{border-left:0;padding-left:0}
.card b{display:block;font-size:21px;line-height:1.2;font-weight:640;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}
.card span{display:block;font-size:12px;line-height:1.3;color:var(--soft);margin-top:5px}
.card small{display:block;font-size:11px;color:var(--muted);margin-top:1px}
section{margin-top:44px}
h2{font-size:19px;line-height:1.25;letter-spacing:-.014em;font-weight:660;margin:0 0 4px}
h3{font-size:13px;font-weight:640;margin:22px 0 4px}
p{margin:0 0 10px}
.lead{color:var(--soft);font-size:13.5px;margin:0 0 12px;max-width:70ch;text-wrap:pretty}
figure{margin:14px 0 0}
figcaption{font-size:12.5px;font-weight:600;margin:0 0 4px}
.note{font-size:12.5px;color:var(--muted);margin:6px 0 0;max-width:74ch;text-wrap:pretty;overflow-wrap:anywhere}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:20px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:10.5px;fill:var(--muted);font-variant-numeric:tabular-nums}
svg .grid{stroke:var(--grid);stroke-width:1}
svg .zero{stroke:var(--hair);stroke-width:1.2}
svg .line{fill:none;stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}
svg .actual{stroke:var(--actual);stroke-width:1.15}
svg .predicted{stroke:var(--accent);stroke-width:1.6}
svg .bias{stroke:var(--warm);stroke-width:1.2;stroke-dasharray:3 2.5}
svg .band{fill:var(--band);stroke:none;fill-opacity:.14}
svg .band-1{fill-opacity:.17}
svg .fill{fill:var(--band);fill-opacity:.1}
svg .bar{fill:var(--accent);fill-opacity:.78}
svg .heat{fill:var(--heat)}
svg .empty{fill:var(--empty)}
svg .ideal{stroke:var(--muted);stroke-dasharray:2 3;stroke-width:1}
svg .dot{fill:var(--paper);stroke:var(--accent);stroke-width:1.5}
svg .mark{stroke:var(--muted);stroke-width:1;stroke-dasharray:3 3}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:12px;color:var(--soft);margin:0 0 6px}
.legend span{display:inline-flex;align-items:center;gap:6px}
.key{display:inline-block;width:16px;height:0;border-top:2px solid}
.key.actual{border-color:var(--actual)}.key.predicted{border-color:var(--accent)}.key.bias{border-color:var(--warm);border-top-style:dashed}
.key.band{height:10px;border:0;background:color-mix(in srgb,var(--band) 14%,transparent)}
.key.band-1{height:10px;border:0;background:color-mix(in srgb,var(--band) 30%,transparent)}
table{width:100%;border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;margin-top:8px}
th{font-size:11.5px;font-weight:600;color:var(--muted);text-align:right;padding:0 0 6px 10px;border-bottom:1px solid var(--hair);vertical-align:bottom}
td{text-align:right;padding:7px 0 7px 10px;border-bottom:1px solid var(--grid);vertical-align:baseline;white-space:nowrap}
th.left,td.left{text-align:left}td.wrap{white-space:normal;overflow-wrap:anywhere}td.model{width:38%}
th:first-child,td:first-child{padding-left:0}
tr.main td{font-weight:620}
tr.reference td{color:var(--muted)}
tr.reference.first td{border-top:1.5px solid var(--muted)}
td .file{color:var(--muted);font-weight:400;font-size:11.5px;display:block;overflow-wrap:anywhere}
.badge{display:inline-block;font-size:10.5px;font-weight:620;letter-spacing:.01em;color:var(--good);border:1px solid currentColor;border-radius:99px;padding:0 7px;margin-left:7px;line-height:1.5;vertical-align:1px}
.meter{display:inline-block;width:52px;height:6px;border-radius:3px;background:var(--grid);margin-left:8px;vertical-align:1px;overflow:hidden}
.meter i{display:block;height:100%;background:var(--accent)}
.meter.bad i{background:var(--warm)}
dl{display:grid;grid-template-columns:minmax(130px,max-content) 1fr;gap:0 22px;margin:8px 0 0;font-size:13px}
dt,dd{padding:6px 0;border-bottom:1px solid var(--grid);margin:0;overflow-wrap:anywhere}
dt{color:var(--muted)}
ul{margin:6px 0 0;padding:0;list-style:none;font-size:13px}
li{padding:6px 0;border-bottom:1px solid var(--grid);overflow-wrap:anywhere}
li small{display:block;color:var(--muted);font-size:12px}
.box{background:var(--panel);border-radius:8px;padding:14px 16px;margin-top:18px;font-size:13.5px}
.box h3{margin:0 0 3px}.box p{margin:0}.box .note{margin-top:6px}
.minis{display:grid;grid-template-columns:1fr 1fr;gap:12px 20px;margin-top:12px}
.minis figure{margin:0}
.inputs td.bar{width:45%}
.inputs td{vertical-align:middle}.inputs .track{display:block;height:8px;border-radius:4px;background:var(--accent);opacity:.8;min-width:2px}
code,pre{font-family:ui-monospace,'SF Mono','Cascadia Mono','JetBrains Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}
code{font-size:.92em;overflow-wrap:anywhere}
pre{font-size:11.5px;line-height:1.5;background:var(--panel);border-radius:8px;padding:14px 16px;margin:8px 0 0;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:2}
.steps{margin:10px 0 0;font-size:12.5px}
.steps div{display:grid;grid-template-columns:92px 1fr;gap:12px;padding:7px 0;border-bottom:1px solid var(--grid)}
.steps span{color:var(--muted)}
footer.end{margin-top:52px;padding-top:14px;border-top:1px solid var(--hair);color:var(--muted);font-size:12px;display:flex;justify-content:space-between;gap:16px}
@media (max-width:640px){.cards{grid-template-columns:1fr 1fr}.card{border-left:0;padding-left:0}.pair,.minis{grid-template-columns:1fr}main{padding:32px 18px 60px}table{font-size:12px}.minor,.meter{display:none}}
@page{size:A4;margin:19mm 17mm 18mm;
@top-left{content:"${escapeCss(header)}";font:500 8pt 'Report Sans',system-ui,sans-serif;color:#6b7883;vertical-align:bottom;padding-bottom:4mm}
@bottom-left{content:"${escapeCss(footer)}";font:400 8pt 'Report Sans',system-ui,sans-serif;color:#6b7883}
@bottom-right{content:"${escapeCss(page)} " counter(page) " / " counter(pages);font:400 8pt 'Report Sans',system-ui,sans-serif;color:#6b7883}}
@page:first{@top-left{content:""}}
@media print{:root{color-scheme:light;${light}}
html{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:10pt;line-height:1.48}main{max-width:none;padding:0}
h1{font-size:25pt;margin-top:20px}.verdict{font-size:14pt}.subtitle,.aside{font-size:10pt}
h2{font-size:13.5pt}section{margin-top:22px}header.top{margin-bottom:22px}.cards{margin-top:18px}
h2,h3,figcaption,.lead,.legend{break-after:avoid}
p{orphans:3;widows:3}
figure,.box,.cards,.pair,.lead,dl,tr,li,.steps div,.minis figure{break-inside:avoid}
thead{display:table-header-group}
td{padding-top:5px;padding-bottom:5px}dt,dd,li{padding:4px 0}
pre{font-size:7.6pt;line-height:1.45}
a{color:inherit;text-decoration:none}
footer.end{display:none}}
`;
}
