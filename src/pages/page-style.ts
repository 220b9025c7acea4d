/** The styles of a page: light and dark, from 360 pixels on, and on A4. */
import { chartStyle, schemes } from './look.ts';

/** Widths of charts: on a telephone, in a column, and over the whole page. */
export const NARROW = 320;
export const COLUMN = 640;
export const WHOLE = 1240;

export const pageStyle = `${schemes}${chartStyle}*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,header,footer{max-width:1400px;margin:0 auto;padding:0 20px}
header{padding-top:32px;padding-bottom:20px}
footer{padding-top:8px;padding-bottom:32px;color:var(--muted);font-size:13px}
h1{font-size:28px;line-height:1.2;margin:0;letter-spacing:-.02em;text-wrap:balance}
h2{font-size:19px;line-height:1.3;margin:0;letter-spacing:-.01em}
h3{font-size:14px;margin:16px 0 8px;font-weight:600;color:var(--muted)}
p{margin:4px 0}
.lead,.days{color:var(--muted)}
.days{font-size:13px;margin-bottom:16px}
.eyebrow{color:var(--muted);font-size:13px;margin:0 0 4px;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--grid);border-radius:12px;padding:20px;min-width:0}
.key-figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:16px;margin:0 0 20px}
@media screen and (min-width:660px) and (max-width:1271px){.key-figures{grid-template-columns:repeat(3,1fr)}}
.key-figures .card{padding:14px 16px;border-left:4px solid var(--plain)}
.key-figures .edge-good{border-left-color:var(--good)}
.key-figures .edge-bad{border-left-color:var(--bad)}
.key-figures .edge-warning{border-left-color:var(--warning)}
dt{font-size:13px;color:var(--muted)}
dd{margin:0}
.figure{font-size:25px;line-height:1.3;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.unit{font-size:14px;font-weight:500;color:var(--muted);letter-spacing:0}
.below{font-size:13px;color:var(--muted)}
.reports{display:grid;grid-template-columns:minmax(0,1fr);gap:20px}
figure{margin:0 0 16px;min-width:0}
figure svg{display:none;overflow:visible;width:100%;height:auto}
.at-${NARROW}{max-width:460px}
.at-${COLUMN}{max-width:760px}
figure .at-${NARROW}{display:block}
details{margin-top:8px}
summary{cursor:pointer;color:var(--muted);font-size:13px;padding:4px 0}
summary:hover{color:var(--ink)}
:focus-visible{outline:2px solid var(--plain);outline-offset:2px;border-radius:4px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:4px 0 8px;font-size:13px}
th,td{padding:5px 10px;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--grid)}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-weight:500;vertical-align:bottom;border-bottom-color:var(--muted)}
tbody th{font-weight:500;overflow-wrap:anywhere;min-width:84px}
tbody tr:hover{background:var(--page)}
tfoot th,tfoot td{font-weight:650;border-bottom:0}
tfoot tr:first-child>*{border-top:1px solid var(--muted)}
.number{text-align:right;white-space:nowrap}
thead .number{white-space:normal}
.nothing{color:var(--muted)}
.is-good{color:var(--good)}
.is-bad{color:var(--bad)}
.is-warning{color:var(--warning);font-weight:600}
.empty{margin:12px 0;color:var(--muted)}
.notes{margin:12px 0 0;padding-left:18px;color:var(--muted);font-size:13px;overflow-wrap:anywhere}
@media (min-width:600px){
figure .at-${NARROW}{display:none}
figure .at-${COLUMN}{display:block}
}
@media (min-width:1100px){
main,header,footer{padding-left:32px;padding-right:32px}
.reports{grid-template-columns:repeat(2,minmax(0,1fr))}
.whole{grid-column:1/-1}
.whole .several{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 40px}
.whole .figures:not(.several) .at-${COLUMN}{display:none}
.whole .figures:not(.several) .at-${WHOLE}{display:block}
}
@page{size:A4;margin:14mm 12mm}
@media print{
:root{color-scheme:light}
body{background:none;font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main,header,footer{padding-left:0;padding-right:0}
header{padding-top:0}
.card{border-radius:6px;padding:12px}
.key-figures{grid-template-columns:repeat(3,1fr);gap:8px}
figure,tr,h2,h3,.key-figures .card{break-inside:avoid}
h2,h3,.days{break-after:avoid}
figure .at-${NARROW}{display:none}
figure .at-${COLUMN}{display:block;max-width:none}
summary{display:none}
details::details-content{content-visibility:visible;block-size:auto;height:auto}
.scroll{overflow:visible}
table{font-size:6.4pt}
th,td{padding:3px 2.5px}
}
`;
