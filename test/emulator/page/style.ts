/** The page's style sheet. Light and dark by the reader's system; one column below 1000 px. */
export const style = `
:root {
	color-scheme: light dark;
	--ground: #f4f3f0; --card: #ffffff; --line: #e3e0da; --text: #23211e; --soft: #6a655d;
	--buy: #b8420f; --buy-dark: #98350b; --buy-tint: #fdf3ec; --link: #0b5f73; --focus: #1767c2;
	--good: #17663a; --good-bg: #e3f3e8; --wait: #855300; --wait-bg: #fbefd3;
	--bad: #a3212b; --bad-bg: #fbe5e5; --over: #5b5750; --over-bg: #eceae5;
	--school: #0b6b75; --flash: #fff3c4;
	font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
	:root {
		--ground: #191816; --card: #232220; --line: #3a3834; --text: #edeae4; --soft: #a8a299;
		--buy: #d9612b; --buy-dark: #e77440; --buy-tint: #2d2420; --link: #6cc3d6; --focus: #7ab8ff;
		--good: #8fd6a8; --good-bg: #1d3527; --wait: #efc26a; --wait-bg: #3b2f16;
		--bad: #f5a0a4; --bad-bg: #432124; --over: #bbb5ab; --over-bg: #33312d;
		--school: #4fb7c2; --flash: #4a4020;
	}
}
* { box-sizing: border-box; }
html, body { height: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; }
button, input, select { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }

.page { display: grid; gap: 14px; padding: 14px 20px 18px; max-width: 1680px; margin: 0 auto;
	height: 100%; min-height: 700px; grid-template-rows: auto auto minmax(0, 1.5fr) minmax(0, 1fr); }
header { display: flex; align-items: baseline; gap: 12px; position: relative; }
h1 { font-size: 17px; letter-spacing: -.01em; }
header p { color: var(--soft); flex: 1; }
h2 { font-size: 14px; display: flex; align-items: center; gap: 8px; }
h2 .dot { width: 9px; height: 9px; border-radius: 50%; background: var(--buy); }
.school h2 .dot { background: var(--school); }
.count { color: var(--soft); font-weight: 400; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; display: flex; flex-direction: column;
	min-height: 0; overflow: hidden; }
.card > .head { display: flex; align-items: center; gap: 12px; padding: 10px 14px; border-bottom: 1px solid var(--line); flex-wrap: wrap; }
.card > .head h2 { margin-right: auto; }
.scroll { overflow: auto; flex: 1; min-height: 0; }
.empty { color: var(--soft); padding: 22px 18px; text-align: center; }
.empty strong { display: block; color: var(--text); margin-bottom: 2px; }

details.connection summary { cursor: pointer; color: var(--link); border-radius: 4px; }
details.connection dl { position: absolute; right: 0; top: 28px; z-index: 5; background: var(--card); border: 1px solid var(--line);
	border-radius: 10px; padding: 12px 16px; display: grid; grid-template-columns: auto auto; gap: 4px 18px;
	box-shadow: 0 10px 30px rgb(0 0 0 / .16); max-width: calc(100vw - 40px); }
details.connection dt { color: var(--soft); }
details.connection dd { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 12.5px; overflow-wrap: anywhere; user-select: all; }

.buy { background: var(--buy-tint); border-color: color-mix(in srgb, var(--buy) 35%, var(--line)); padding: 12px 14px 10px; overflow: visible; }
.buy form { display: grid; grid-template-columns: 1.1fr 1.4fr 1.3fr 1.2fr auto; gap: 6px 12px; align-items: end; }
.field label { display: block; font-size: 12.5px; color: var(--soft); margin-bottom: 2px; }
input, select { width: 100%; height: 38px; padding: 0 10px; border: 1px solid color-mix(in srgb, var(--soft) 55%, var(--card)); border-radius: 8px; background: var(--card); }
input:user-invalid { border-color: var(--bad); }
button { cursor: pointer; border: 1px solid color-mix(in srgb, var(--soft) 40%, var(--card)); background: var(--card); border-radius: 7px; padding: 3px 10px; }
button:hover { background: color-mix(in srgb, var(--text) 6%, var(--card)); }
button[aria-disabled=true] { opacity: .5; cursor: progress; }
#buy { height: 38px; padding: 0 34px; font-weight: 650; font-size: 15px; border: 0; border-radius: 8px; background: var(--buy); color: #fff; }
#buy:hover { background: var(--buy-dark); }
@media (prefers-color-scheme: dark) { #buy { color: #1c0d05; } }
.news { min-height: 20px; margin-top: 7px; font-size: 13px; color: var(--soft); }
#problem { position: fixed; left: 50%; bottom: 20px; transform: translateX(-50%); z-index: 10; display: flex; gap: 14px; align-items: center;
	max-width: min(720px, calc(100vw - 40px)); padding: 10px 12px 10px 16px; border-radius: 10px; background: var(--bad-bg); color: var(--bad);
	border: 1px solid currentColor; box-shadow: 0 10px 30px rgb(0 0 0 / .18); overflow-wrap: anywhere; }

.halves { display: grid; grid-template-columns: minmax(0, 1.12fr) minmax(0, 1fr); gap: 14px; min-height: 0; }
.bottom { grid-template-columns: minmax(0, 2.2fr) minmax(0, 1fr); }
.bottom > :first-child:has(+ [hidden]) { grid-column: 1 / -1; }
.subscriber { padding: 10px 14px 11px; border-bottom: 1px solid var(--line); display: grid;
	grid-template-columns: minmax(0, 1.2fr) minmax(0, 1.1fr) 184px; gap: 1px 14px; align-items: baseline; }
.subscriber > * { min-width: 0; overflow-wrap: anywhere; }
.name { font-weight: 600; }
.soft { color: var(--soft); font-size: 13px; }
.right { text-align: right; }
.chip { display: inline-block; padding: 1px 9px; border-radius: 999px; font-size: 12.5px; font-weight: 550; white-space: nowrap; }
.good { color: var(--good); background: var(--good-bg); }
.wait { color: var(--wait); background: var(--wait-bg); }
.bad { color: var(--bad); background: var(--bad-bg); }
.over { color: var(--over); background: var(--over-bg); }
.actions { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 6px; margin-top: 7px; }
.actions button { font-size: 13px; padding: 2px 10px; min-height: 26px; }
.actions [data-action=refund] { margin-left: auto; }
.actions:empty { display: none; }

.courses { display: grid; grid-template-columns: repeat(auto-fit, minmax(215px, 1fr)); gap: 12px; padding: 12px 14px 14px; align-content: start; align-items: start; }
.course { border: 1px solid var(--line); border-radius: 9px; min-width: 0; }
.course h3 { font-size: 13.5px; padding: 7px 11px; border-bottom: 1px solid var(--line); display: flex; gap: 8px; justify-content: space-between; overflow-wrap: anywhere; }
.course .count { font-size: 13px; white-space: nowrap; }
.course li { padding: 6px 11px; overflow-wrap: anywhere; }
.course li + li { border-top: 1px solid var(--line); }
.course .empty { padding: 10px 11px; text-align: left; font-size: 13px; }
.course.unpublished { border-style: dashed; }
.course.unpublished h3 { color: var(--soft); }

table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 500; font-size: 12.5px; color: var(--soft); position: sticky; top: 0; background: var(--card); box-shadow: 0 1px var(--line); }
th, td { padding: 5px 14px; vertical-align: middle; }
td { border-top: 1px solid var(--line); }
tbody tr:first-child td { border-top: 0; }
td.time, td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
td.event { font-weight: 550; }
td.who { overflow-wrap: anywhere; min-width: 190px; }
td.url { width: 40%; max-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
td.last { text-align: right; }
td button { font-size: 13px; min-height: 26px; padding: 2px 10px; }
.hooks { display: flex; flex-wrap: wrap; gap: 6px; justify-content: flex-end; }
.hooks li { display: flex; align-items: center; gap: 8px; max-width: 520px; padding: 2px 4px 2px 10px; border: 1px solid var(--line); border-radius: 8px; font-size: 13px; }
.hooks .address { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.hooks button, #problem button { border: 0; background: none; padding: 2px 8px; }
.add { display: flex; gap: 8px; }
.add input { height: 32px; width: 330px; }
.add button { height: 32px; white-space: nowrap; }
.nowhere { padding: 20px 18px; text-align: center; }
.nowhere p { color: var(--soft); margin: 2px auto 12px; max-width: 620px; }
.nowhere .add { justify-content: center; }
.nowhere .add input { height: 38px; width: min(460px, 60vw); }
.nowhere .add button { height: 38px; padding: 0 16px; }
.more { padding: 8px 14px; color: var(--soft); font-size: 13px; }

#mails li { border-bottom: 1px solid var(--line); }
#mails button { width: 100%; border: 0; border-radius: 0; background: none; padding: 8px 14px; text-align: left; display: grid;
	grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; align-items: baseline; overflow-wrap: anywhere; }
#mails button:hover { background: color-mix(in srgb, var(--text) 6%, var(--card)); }
#mails button:focus-visible { outline-offset: -2px; }
#mails .to { grid-row: 2; grid-column: 1 / -1; }
dialog { width: min(860px, calc(100vw - 32px)); height: min(760px, calc(100vh - 32px)); padding: 0; border: 1px solid var(--line);
	border-radius: 12px; background: var(--card); color: var(--text); box-shadow: 0 10px 40px rgb(0 0 0 / .3); }
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: rgb(0 0 0 / .4); }
dialog .head { display: flex; gap: 12px; align-items: baseline; padding: 12px 14px 6px; }
dialog h2 { margin-right: auto; font-size: 16px; overflow-wrap: anywhere; }
dialog dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 1px 12px; padding: 0 14px 10px; font-size: 13px; overflow-wrap: anywhere; }
dialog dt { color: var(--soft); }
dialog ul { display: flex; flex-wrap: wrap; gap: 6px 14px; padding: 0 14px; }
dialog ul a { color: var(--link); display: block; padding-bottom: 10px; }
dialog iframe, dialog pre { flex: 1; min-height: 0; margin: 0; border: 0; border-top: 1px solid var(--line); }
dialog iframe { background: #fff; color-scheme: light; }
dialog pre { padding: 14px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }

@keyframes arrive { from { background-color: var(--flash); } }
.new { animation: arrive 2.4s ease-out; }
@media (prefers-reduced-motion: reduce) { .new { animation: none; } }

@media (max-width: 1000px) {
	.page { height: auto; grid-template-rows: none; padding: 12px 14px 20px; }
	.buy form { grid-template-columns: 1fr 1fr; }
	#buy { grid-column: 1 / -1; width: 100%; }
	.halves, .bottom { grid-template-columns: minmax(0, 1fr); }
	.card .scroll { max-height: 440px; }
	header { flex-wrap: wrap; justify-content: space-between; gap: 2px 12px; }
	header p { order: 3; flex-basis: 100%; }
	td.url, th.url { display: none; }
	th, td { padding: 5px 7px; font-size: 12.5px; }
	th:first-child, td:first-child { padding-left: 14px; }
	td.who { min-width: 205px; }
}
@media (max-width: 640px) {
	.buy form { grid-template-columns: 1fr; }
	.subscriber { grid-template-columns: minmax(0, 1fr) auto; }
	.subscriber .what { grid-column: 1 / -1; grid-row: 3; }
	.subscriber .email { grid-row: 2; }
	.subscriber .payment { grid-row: 2; }
	.subscriber .date { grid-column: 1 / -1; grid-row: 4; }
	.add { flex-wrap: wrap; }
	.add input, .add button { width: 100%; }
	td.number, th.number { display: none; }
	td.who { min-width: 170px; }
	.hooks, .hooks li { min-width: 0; max-width: 100%; }
	.add { width: 100%; }
	.actions [data-action=refund] { margin-left: 0; }
}
`;
