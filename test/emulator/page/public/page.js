/*
 * The page's script. It asks for the state every second and changes only what differs, so that forms, focus and scrolling stay
 * as they are. Whatever people typed is written as text, never as HTML.
 */
const $ = (id) => document.getElementById(id);
const firstNames =
	'Ana Beatriz Camila Clara Daniela Elisa Fernanda Gabriela Helena Isabel Julia Laura Lucia Maria Marina Paula Sofia Teresa Andre Bruno Carlos Diego Eduardo Felipe Gustavo Hugo Joao Lucas Marcos Mateus Miguel Pedro Rafael Tiago Vitor'.split(
		' ',
	);
const lastNames =
	'Almeida Barbosa Cardoso Castro Costa Dias Farias Gomes Lima Lopes Martins Melo Moreira Nunes Oliveira Pereira Pinto Ramos Ribeiro Rocha Santos Silva Soares Souza Teixeira Vieira'.split(
		' ',
	);
const rowsShown = 200;

let state = {
	products: [],
	subscribers: [],
	courses: [],
	webhooks: [],
	deliveries: [],
	mails: null,
	connection: {},
	events: [],
	n8nUrl: null,
};
let lastText = '';
let asked = 0;
let shown = 0;
let started = false;
let problemOfPolling = false;

/* ---------- small helpers ---------- */

function el(tag, attributes, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
	node.append(...children);
	return node;
}

function say(node, text) {
	if (node.textContent !== text) node.textContent = text;
}

/** An address or the name of an event, which may break after its marks but not inside a word. */
function sayAddress(node, text) {
	if (node.textContent === text) return;
	const parts = text.split(/(?<=[@./_+:?&=-])/);
	node.replaceChildren(...parts.flatMap((part, index) => (index === 0 ? [part] : [el('wbr'), part])));
}

/** The one line that tells what has happened, also to screen readers: they read what changes, so the same again ends in a space. */
const announce = (text) => say($('news'), $('news').textContent === text ? text + '\u00a0' : text);

function chip(node, text, tone) {
	say(node, text);
	node.className = 'chip ' + tone;
}

/** Makes the children of a list match the rows: known ones stay where they are, only what is new or gone changes. */
function keyed(list, rows, keyOf, build, fill) {
	const keys = new Set(rows.map((row) => String(keyOf(row))));
	const known = new Map();
	for (const child of [...list.children]) {
		if (keys.has(child.dataset.key)) known.set(child.dataset.key, child);
		else child.remove();
	}
	rows.forEach((row, index) => {
		const key = String(keyOf(row));
		let child = known.get(key);
		if (!child) {
			child = build(row);
			child.dataset.key = key;
			if (started) child.classList.add('new');
		}
		if (list.children[index] !== child) list.insertBefore(child, list.children[index] || null);
		fill(child, row);
	});
}

const day = new Intl.DateTimeFormat('en-US', { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en-US', {
	hour: '2-digit',
	minute: '2-digit',
	second: '2-digit',
	hourCycle: 'h23',
});
const onDay = (iso) => day.format(new Date(iso));
const atTime = (iso) => clock.format(new Date(iso));
const plural = (count, word) => count + ' ' + word + (count === 1 ? '' : 's');

/* ---------- talking to the emulator ---------- */

function complain(message, polling) {
	problemOfPolling = Boolean(polling);
	say($('problem-text'), message);
	$('problem').hidden = false;
}

function calm() {
	$('problem').hidden = true;
	problemOfPolling = false;
}

async function call(method, path, body) {
	let response;
	try {
		response = await fetch(path, {
			method,
			headers: body === undefined ? {} : { 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
	} catch {
		throw new Error('The emulator does not answer. Is it still running?');
	}
	const answer = await response.json().catch(() => ({}));
	if (!response.ok) throw new Error(answer.error || 'The emulator answered ' + response.status);
	return answer;
}

/** The deliveries that a cause has made, in words. */
function newsOf(deliveries) {
	const off = state.webhooks.filter((hook) => !hook.active);
	const remedy = 'Remove the webhook and add it again.';
	if (deliveries.length > 0) {
		const sent = deliveries.map(({ event, said }) => event + ' (' + said + ')').join(', ');
		const gaveUp = deliveries.some(({ tone, url }) => tone === 'bad' && off.some((hook) => hook.url === url));
		const end = gaveUp ? ' Its address kept failing, so Hotmart switched the webhook off. ' + remedy : '';
		return 'Hotmart sent ' + sent + '.' + end;
	}
	if (state.webhooks.length > off.length) return 'Hotmart sends no event for this.';
	return off.length > 0
		? 'The webhook is switched off, so nothing was sent. ' + remedy
		: 'No webhook is registered, so nothing was sent.';
}

/**
 * Carries out what a button asks for: no second time while it is under way, and its refusal is shown.
 * `work` may answer what the status line says then; without it, it says nothing.
 * `next` finds where the focus goes when what had it is gone.
 */
async function press(button, work, next = () => null) {
	if (button.getAttribute('aria-disabled') === 'true') return;
	button.setAttribute('aria-disabled', 'true');
	const row = button.closest('[data-key][tabindex]');
	const newest = state.deliveries[0]?.id ?? 0;
	const asking = work();
	// The state has changed already while the webhooks are still under way
	setTimeout(refresh, 60);
	try {
		const words = await asking;
		if (!problemOfPolling) calm();
		await refresh();
		if (words) announce(words(state.deliveries.filter(({ id }) => id > newest).reverse()));
	} catch (error) {
		complain(error.message);
		// What an earlier action did is not the outcome of this one
		say($('news'), '');
		await refresh();
	}
	button.removeAttribute('aria-disabled');
	const focused = document.activeElement;
	// The browser takes the focus from what is hidden only when it draws
	const isLost = focused === document.body || !focused.checkVisibility();
	if (isLost) (row?.isConnected ? row : next())?.focus({ preventScroll: true });
}

async function refresh() {
	const mine = ++asked;
	try {
		const response = await fetch('/control/state');
		const text = await response.text();
		if (!response.ok) throw new Error(text);
		if (problemOfPolling) calm();
		// An older answer may come after a newer one
		if (mine < shown) return;
		shown = mine;
		// The time alone is no reason to draw
		const news = text.replace(/"now":"[^"]*"/, '');
		if (news === lastText) return;
		lastText = news;
		state = JSON.parse(text);
		draw();
	} catch (error) {
		if (error instanceof TypeError) complain('The emulator does not answer. This page tries again every second.', true);
		else complain('The state cannot be shown: ' + error.message, true);
	}
}

async function poll() {
	await refresh();
	setTimeout(poll, 1000);
}

/* ---------- subscribers ---------- */

function buildSubscriber({ email }) {
	const row = el(
		'li',
		{ class: 'subscriber', tabindex: '-1', 'data-email': email },
		el('div', { class: 'name' }),
		el('div', { class: 'what' }),
		el('div', { class: 'right' }, el('span', { class: 'chip' })),
		el('div', { class: 'soft email' }),
		el('div', { class: 'soft date' }),
		el('div', { class: 'soft right payment' }),
		el('div', { class: 'actions' }),
	);
	return row;
}

function fillSubscriber(row, subscriber) {
	const part = (name) => row.querySelector('.' + name);
	row.dataset.status = subscriber.status;
	row.dataset.subscriberCode = subscriber.subscriberCode || '';
	row.dataset.transaction = subscriber.transaction;
	say(part('name'), subscriber.name);
	sayAddress(part('email'), subscriber.email);
	say(part('what'), subscriber.product + (subscriber.plan ? ', ' + subscriber.plan : ''));
	say(part('date'), subscriber.date ? subscriber.date.label + ' ' + onDay(subscriber.date.at) : '');
	chip(part('chip'), subscriber.status, subscriber.tone);
	const charges = subscriber.recurrence > 1 ? plural(subscriber.recurrence, 'charge') : '';
	say(part('payment'), [subscriber.payment, charges].filter(Boolean).join(', '));
	keyed(
		part('actions'),
		subscriber.actions,
		(action) => action.name + (action.args.planId || ''),
		(action) => {
			const button = el('button', { type: 'button', 'data-action': action.name });
			if (action.args.planId) button.dataset.planId = action.args.planId;
			return button;
		},
		(button, action) => {
			button.action = action;
			button.classList.remove('new');
			say(button, action.label);
			button.setAttribute('aria-label', action.label + ': ' + subscriber.name);
		},
	);
}

$('subscribers').addEventListener('click', (event) => {
	const button = event.target.closest('button[data-action]');
	if (!button) return;
	const { operation, args, done } = button.action;
	const { name } = state.subscribers.find(({ key }) => key === button.closest('li').dataset.key);
	press(button, async () => {
		await call('POST', '/control/hotmart/' + operation, args);
		return (deliveries) => name + ' ' + done + '. ' + newsOf(deliveries);
	});
});

/* ---------- students ---------- */

function drawCourses() {
	keyed(
		$('courses'),
		state.courses,
		(course) => course.id,
		(course) =>
			el(
				'section',
				{ class: 'course', 'data-course': course.id, 'aria-labelledby': 'course-' + course.id },
				el('h3', {}, el('span', { id: 'course-' + course.id }), el('span', { class: 'count' })),
				el('ul', {}),
				el('p', { class: 'empty' }),
			),
		(column, course) => {
			column.classList.remove('new');
			column.classList.toggle('unpublished', !course.isPublished);
			say(column.querySelector('h3 span'), course.name);
			say(column.querySelector('.count'), String(course.students.length));
			const none = column.querySelector('.empty');
			const hidden = course.students.length - rowsShown;
			none.hidden = course.students.length > 0 && hidden <= 0;
			say(none, hidden > 0 ? 'and ' + hidden + ' more' : course.isPublished ? 'Nobody enrolled' : 'Not published');
			keyed(
				column.querySelector('ul'),
				course.students.slice(0, rowsShown),
				(student) => student.key,
				(student) =>
					el('li', { 'data-email': student.email }, el('div', { class: 'name' }), el('div', { class: 'soft' })),
				(row, student) => {
					sayAddress(row.children[0], student.name || student.email);
					sayAddress(row.children[1], student.name ? student.email : 'No name');
					row.title =
						'User ' + student.userId + ', enrolled ' + onDay(student.enrolledAt) + ' ' + atTime(student.enrolledAt);
				},
			);
		},
	);
}

/* ---------- webhooks and deliveries ---------- */

function drawDeliveries() {
	const none = state.webhooks.length === 0;
	$('nowhere').hidden = !none;
	$('add-form').hidden = none;
	$('test-form').hidden = none;
	keyed(
		$('hooks'),
		state.webhooks,
		(hook) => hook.id,
		(hook) =>
			el(
				'li',
				{ 'data-webhook': hook.id },
				el('span', { class: 'chip' }),
				el('span', { class: 'address' }),
				el('button', { type: 'button', 'data-remove': hook.id }, 'Remove'),
			),
		(row, hook) => {
			chip(row.children[0], hook.active ? 'On' : 'Switched off', hook.active ? 'good' : 'bad');
			say(row.children[1], hook.url);
			row.title =
				hook.url +
				(hook.events.length > 0 ? ' (' + hook.events.join(', ') + ')' : ' (all events)') +
				(hook.active ? '' : '. Its address kept failing; remove it and add it again.');
			row.children[2].setAttribute('aria-label', 'Remove webhook ' + hook.url);
		},
	);
	const count = state.deliveries.length;
	say($('delivery-count'), count > 0 ? String(count) : '');
	$('delivery-table').hidden = count === 0;
	$('no-deliveries').hidden = none || count > 0;
	$('more-deliveries').hidden = count <= rowsShown;
	say($('more-deliveries'), 'and ' + (count - rowsShown) + ' older ones');
	keyed(
		$('deliveries'),
		state.deliveries.slice(0, rowsShown),
		(delivery) => delivery.id,
		(delivery) =>
			el(
				'tr',
				{ 'data-delivery': delivery.id, 'data-event': delivery.event, tabindex: '-1' },
				el('td', { class: 'time soft' }),
				el('td', { class: 'event' }),
				el('td', { class: 'who' }),
				el('td', { class: 'answer' }, el('span', {})),
				el('td', { class: 'number' }),
				el('td', { class: 'url soft' }),
				el('td', { class: 'last' }, el('button', { type: 'button', 'data-again': delivery.id }, 'Send again')),
			),
		(row, delivery) => {
			const [time, event, who, answer, attempts, url, last] = row.children;
			row.dataset.status = delivery.status;
			if (delivery.email) row.dataset.email = delivery.email;
			say(time, atTime(delivery.at));
			sayAddress(event, delivery.event);
			sayAddress(who, delivery.email || '');
			chip(answer.firstElementChild, delivery.answer, delivery.tone);
			say(attempts, String(delivery.attempts));
			say(url, delivery.url);
			url.title = delivery.url;
			last.firstElementChild.setAttribute(
				'aria-label',
				'Send again: ' + delivery.event + ' of ' + (delivery.email || 'nobody'),
			);
		},
	);
}

$('deliveries').addEventListener('click', (event) => {
	const button = event.target.closest('button[data-again]');
	if (!button) return;
	const deliveryId = Number(button.dataset.again);
	press(button, async () => {
		await call('POST', '/control/redeliver', { deliveryId });
		return () => {
			const { event: name, said } = state.deliveries.find(({ id }) => id === deliveryId);
			return 'Sent ' + name + ' again. ' + said + '.';
		};
	});
});
$('hooks').addEventListener('click', (event) => {
	const button = event.target.closest('button[data-remove]');
	if (!button) return;
	press(
		button,
		async () => {
			await call('DELETE', '/control/webhooks/' + button.dataset.remove);
			return () => 'Removed the webhook. Hotmart sends it nothing from now on.';
		},
		() => $(state.webhooks.length === 0 ? 'first-form-url' : 'add-form-url'),
	);
});
for (const form of document.querySelectorAll('form.add')) {
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		const input = form.querySelector('input');
		press(
			form.querySelector('button'),
			async () => {
				await call('POST', '/control/webhooks', { url: input.value.trim() });
				form.reset();
				return () => 'Added the webhook. Hotmart sends it all events from now on.';
			},
			() => $('buy'),
		);
	});
}

$('test-form').addEventListener('submit', (event) => {
	event.preventDefault();
	const name = $('test-event').value;
	press($('test-form').querySelector('button'), async () => {
		await call('POST', '/control/test-button', { event: name });
		return (deliveries) => 'Pressed the test button of Hotmart. ' + newsOf(deliveries);
	});
});

/* ---------- e-mails ---------- */

function drawMails() {
	$('mail-card').hidden = state.mails === null;
	const mails = state.mails || [];
	say($('mail-count'), mails.length > 0 ? String(mails.length) : '');
	$('no-mails').hidden = mails.length > 0;
	$('more-mails').hidden = mails.length <= rowsShown;
	say($('more-mails'), 'and ' + (mails.length - rowsShown) + ' older ones');
	keyed(
		$('mails'),
		mails.slice(0, rowsShown),
		(mail) => mail.id,
		(mail) =>
			el(
				'li',
				{ 'data-to': mail.to },
				el(
					'button',
					{ type: 'button', 'data-mail': mail.id },
					el('span', { class: 'name' }),
					el('span', { class: 'soft to' }),
					el('span', { class: 'soft right' }),
				),
			),
		(row, mail) => {
			const [subject, to, time] = row.firstElementChild.children;
			say(subject, mail.subject || '(no subject)');
			say(to, mail.to + (mail.attachments > 0 ? ', ' + plural(mail.attachments, 'attachment') : ''));
			say(time, atTime(mail.at));
		},
	);
}

const fileOf = (file) => 'data:' + file.mimeType + ';base64,' + file.content;

/** The frame runs no script of the mail and has no origin; its links open in new windows. */
function showMail(mail) {
	say($('mail-subject'), mail.subject || '(no subject)');
	say($('mail-from'), mail.from);
	say($('mail-to'), mail.to.join(', '));
	say($('mail-at'), onDay(mail.at) + ' ' + atTime(mail.at));
	const inline = (file) => file.contentId !== '' && mail.html.includes('cid:' + file.contentId);
	const html = mail.attachments
		.filter(inline)
		.reduce((text, file) => text.replaceAll('cid:' + file.contentId, fileOf(file)), mail.html);
	$('mail-html').hidden = mail.html === '';
	$('mail-html').srcdoc = '<!doctype html><base target="_blank">' + html;
	$('mail-text').hidden = mail.html !== '';
	say($('mail-text'), mail.text || 'This e-mail is empty.');
	$('mail-files').replaceChildren(
		...mail.attachments
			.filter((file) => !inline(file))
			.map((file) =>
				el(
					'li',
					{},
					el('a', { href: fileOf(file), download: file.filename || 'attachment' }, file.filename || file.mimeType),
				),
			),
	);
	$('mail').showModal();
}

$('mails').addEventListener('click', (event) => {
	const button = event.target.closest('button[data-mail]');
	if (button) press(button, async () => void showMail(await call('GET', '/control/mails/' + button.dataset.mail)));
});
$('mail-close').addEventListener('click', () => $('mail').close());
$('mail').addEventListener('close', () => $('mail-html').removeAttribute('srcdoc'));

/* ---------- buying ---------- */

const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** A person who has not bought and is not enrolled yet. */
function inventPerson() {
	const taken = new Set([
		...state.subscribers.map((row) => row.email.toLowerCase()),
		...state.courses.flatMap((course) => course.students.map((row) => row.email.toLowerCase())),
	]);
	let name, email;
	let number = 1;
	do {
		const first = pick(firstNames);
		const last = pick(lastNames);
		name = first + ' ' + last;
		email = (first + '.' + last + (number > 20 ? number : '') + '@mail.example').toLowerCase();
		number += 1;
	} while (taken.has(email));
	$('buy-name').value = name;
	$('buy-email').value = email;
}

function fillOptions(select, options) {
	const before = select.value;
	keyed(
		select,
		options,
		(option) => option.value,
		(option) => el('option', { value: option.value }),
		(node, option) => say(node, option.label),
	);
	if (options.some((option) => String(option.value) === before)) select.value = before;
}

const chosenProduct = () => state.products.find((product) => String(product.id) === $('buy-product').value);

function drawPlans() {
	const product = chosenProduct();
	const plans = product ? product.plans : [];
	const once = { value: '', label: 'One payment' + (product && product.price ? ', ' + product.price : '') };
	fillOptions(
		$('buy-plan'),
		plans.length > 0 ? plans.map((plan) => ({ value: plan.id, label: plan.name + ', ' + plan.price })) : [once],
	);
	drawCourse();
}

/** Which course the demo's workflow gives for what is chosen. */
function drawCourse() {
	const product = chosenProduct();
	const plan = product?.plans.find(({ id }) => String(id) === $('buy-plan').value);
	const course = (plan ?? product)?.course;
	say(
		$('buy-course'),
		course ? 'The demo workflow enrolls the buyer in ' + course + '.' : 'The demo workflow has no course for this.',
	);
}

$('buy-product').addEventListener('change', drawPlans);
$('buy-plan').addEventListener('change', drawCourse);
$('buy-form').addEventListener('submit', (event) => {
	event.preventDefault();
	const name = $('buy-name').value.trim();
	const order = { email: $('buy-email').value.trim(), productId: Number($('buy-product').value) };
	if (name) order.name = name;
	if ($('buy-plan').value) order.planId = Number($('buy-plan').value);
	const product = chosenProduct();
	press($('buy'), async () => {
		const asking = call('POST', '/control/hotmart/buy', order);
		announce('Buying …');
		await asking;
		await refresh();
		inventPerson();
		return (deliveries) => (name || order.email) + ' bought ' + product.name + '. ' + newsOf(deliveries);
	});
});

/* ---------- everything ---------- */

function draw() {
	fillOptions(
		$('buy-product'),
		state.products.map((product) => ({ value: product.id, label: product.name })),
	);
	drawPlans();
	const count = state.subscribers.length;
	say($('subscriber-count'), count > 0 ? String(count) : '');
	$('no-subscribers').hidden = count > 0;
	$('more-subscribers').hidden = count <= rowsShown;
	say($('more-subscribers'), 'and ' + (count - rowsShown) + ' older ones');
	keyed($('subscribers'), state.subscribers.slice(0, rowsShown), (row) => row.key, buildSubscriber, fillSubscriber);
	drawCourses();
	drawDeliveries();
	drawMails();
	keyed(
		$('connection'),
		Object.entries(state.connection),
		([label]) => label,
		([label]) =>
			el(
				'div',
				{},
				el('dt', {}, label),
				el('dd', {}),
				el('button', { type: 'button', 'aria-label': 'Copy ' + label }, 'Copy'),
			),
		(row, [, text]) => sayAddress(row.children[1], text),
	);
	$('n8n').hidden = state.n8nUrl === null;
	if (state.n8nUrl !== null) $('n8n').href = state.n8nUrl;
	fillOptions(
		$('test-event'),
		state.events.map(({ event, label }) => ({ value: event, label })),
	);
	if (!started) {
		inventPerson();
		// Without a webhook nothing reaches n8n: its URL is what comes first
		if (state.webhooks.length === 0) $('first-form-url').focus();
	}
	started = true;
}

$('connection').addEventListener('click', (event) => {
	const button = event.target.closest('button');
	if (!button) return;
	const [label, text] = [...button.parentElement.children].map((part) => part.textContent);
	navigator.clipboard.writeText(text).then(
		() => announce('Copied: ' + label + '.'),
		() => complain('The browser does not let this page copy. Select the text and copy it yourself.'),
	);
});
$('problem-close').addEventListener('click', calm);
document.addEventListener('keydown', (event) => {
	if (event.key !== 'Escape') return;
	calm();
	const details = document.querySelector('details.connection');
	// What has the focus must not vanish with it
	if (details.contains(document.activeElement)) details.querySelector('summary').focus();
	details.open = false;
});
poll();
