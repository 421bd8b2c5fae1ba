import { script } from './script';
import { style } from './style';

const field = (id: string, label: string, control: string) =>
	`<div class="field"><label for="${id}">${label}</label>${control}</div>`;

const addForm = (id: string, hidden: string) => `
<form class="add" id="${id}"${hidden}>
	<label class="hidden" for="${id}-url">Webhook URL</label>
	<input id="${id}-url" type="url" required placeholder="http://127.0.0.1:5678/webhook/..." autocomplete="off" spellcheck="false">
	<button type="submit">Add webhook</button>
</form>`;

/** The whole page: nothing is fetched but the state. */
export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hotmart and Teachable emulator</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='5.5' cy='8' r='4.5' fill='%23b8420f'/%3E%3Ccircle cx='10.5' cy='8' r='4.5' fill='%230b6b75' fill-opacity='.85'/%3E%3C/svg%3E">
<style>${style}</style>
</head>
<body>
<div class="page">
<header>
	<h1>Hotmart and Teachable emulator</h1>
	<p>What is sold on the left is told to the webhooks below; who may learn is on the right.</p>
	<details class="connection"><summary>Connection details</summary><dl id="connection"></dl></details>
</header>
<section class="card buy" aria-labelledby="buy-title">
	<h2 id="buy-title" class="hidden">Buy on Hotmart</h2>
	<form id="buy-form">
		${field('buy-name', 'Name', '<input id="buy-name" autocomplete="off" spellcheck="false">')}
		${field('buy-email', 'E-mail', '<input id="buy-email" type="email" required autocomplete="off" spellcheck="false">')}
		${field('buy-product', 'Product', '<select id="buy-product"></select>')}
		${field('buy-plan', 'Plan', '<select id="buy-plan"></select>')}
		<button id="buy" type="submit">Buy</button>
	</form>
	<p class="news" id="news" role="status">This person is invented. Press Buy, or type somebody else.</p>
</section>
<div class="halves">
	<section class="card" aria-labelledby="subscribers-title">
		<div class="head"><h2 id="subscribers-title"><span class="dot"></span>Hotmart subscribers <span class="count" id="subscriber-count"></span></h2></div>
		<div class="scroll" tabindex="0" aria-labelledby="subscribers-title" role="region">
			<p class="empty" id="no-subscribers"><strong>Nobody has bought yet</strong>Press Buy, and the first subscriber stands here.</p>
			<ul id="subscribers"></ul>
			<p class="more" id="more-subscribers" hidden></p>
		</div>
	</section>
	<section class="card school" aria-labelledby="students-title">
		<div class="head"><h2 id="students-title"><span class="dot"></span>Enrolled students on Teachable</h2></div>
		<div class="scroll" tabindex="0" aria-labelledby="students-title" role="region"><div class="courses" id="courses"></div></div>
	</section>
</div>
<div class="halves bottom">
<section class="card" aria-labelledby="deliveries-title">
	<div class="head">
		<h2 id="deliveries-title">Webhook deliveries <span class="count" id="delivery-count"></span></h2>
		<ul class="hooks" id="hooks" aria-label="Registered webhooks"></ul>
		${addForm('add-form', ' hidden')}
	</div>
	<div class="scroll" tabindex="0" aria-labelledby="deliveries-title" role="region">
		<div class="nowhere" id="nowhere" hidden>
			<strong>No webhook URL is registered</strong>
			<p>Purchases and cancellations stay on Hotmart. Paste the production URL of a Hotmart Trigger node here, as you would in Hotmart's settings.</p>
			${addForm('first-form', '')}
		</div>
		<p class="empty" id="no-deliveries" hidden>Nothing was sent yet.</p>
		<table id="delivery-table" hidden>
			<thead><tr><th>Time</th><th>Event</th><th>Person</th><th>Answer</th><th class="number">Attempts</th><th class="url">Sent to</th><th><span class="hidden">Redeliver</span></th></tr></thead>
			<tbody id="deliveries"></tbody>
		</table>
		<p class="more" id="more-deliveries" hidden></p>
	</div>
</section>
<section class="card" id="mail-card" aria-labelledby="mails-title" hidden>
	<div class="head"><h2 id="mails-title">E-mails <span class="count" id="mail-count"></span></h2></div>
	<div class="scroll" tabindex="0" aria-labelledby="mails-title" role="region">
		<p class="empty" id="no-mails"><strong>No e-mails yet</strong>What workflows send with the demo's SMTP credential stands here, and goes nowhere else.</p>
		<ul id="mails"></ul>
		<p class="more" id="more-mails" hidden></p>
	</div>
</section>
</div>
</div>
<dialog id="mail" aria-labelledby="mail-subject">
	<div class="head"><h2 id="mail-subject"></h2><button type="button" id="mail-close">Close</button></div>
	<dl><dt>From</dt><dd id="mail-from"></dd><dt>To</dt><dd id="mail-to"></dd><dt>Sent</dt><dd id="mail-at"></dd></dl>
	<ul id="mail-files" aria-label="Attachments"></ul>
	<iframe id="mail-html" title="Content of the e-mail" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
	<pre id="mail-text" tabindex="0"></pre>
</dialog>
<div id="problem" role="alert" hidden><span id="problem-text"></span><button type="button" id="problem-close">Close</button></div>
<script>${script}</script>
</body>
</html>
`;
