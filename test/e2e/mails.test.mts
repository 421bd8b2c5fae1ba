/** The stand-in of a mail server, and the e-mails on the emulator's page: shown as they are, and unable to do anything. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import { openBrowser } from '../n8n/browser.mts';
import { startMailbox } from '../n8n/stand-ins.mts';

// The client with which n8n sends; here it is a part of the mail server's library
const { createTransport } = createRequire(createRequire(import.meta.url).resolve('smtp-server'))('nodemailer');

const attack = `<h1>Report</h1><img src="cid:chart" alt="Chart">
<script>top.document.title = 'taken'; fetch('/control/reset', { method: 'POST' })</script>
<img src="x" onerror="top.document.title = 'taken'"><a href="http://127.0.0.1:1/approve">Approve</a>`;
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let mailbox: Awaited<ReturnType<typeof startMailbox>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
const send = async (mail: object) => {
	const transport = createTransport({ host: '127.0.0.1', port: mailbox.port, secure: false, ignoreTLS: true });
	await transport.sendMail({ from: 'school@example.com', ...mail });
	transport.close();
};

before(async () => {
	mailbox = await startMailbox({ onMail: (mail) => void emulator.mails.push(mail) });
	emulator = await startEmulator({ mailServer: `127.0.0.1:${mailbox.port}` });
});
after(async () => {
	await emulator?.close();
	await mailbox?.close();
});

it('keeps a mail as it was sent', async () => {
	const html = '<p>Olá</p>';
	const attachments = [{ filename: 'preços.csv', content: 'a;b' }];
	await send({
		to: 'Ana <ana@example.com>',
		bcc: 'owner@example.com',
		subject: 'Olá, Ação',
		text: 'Olá',
		html,
		attachments,
	});
	const [mail] = mailbox.mails;
	assert.deepEqual(
		[mail.from, mail.to, mail.subject, mail.text, mail.html],
		['school@example.com', ['ana@example.com', 'owner@example.com'], 'Olá, Ação', 'Olá', html],
	);
	const [file] = mail.attachments;
	assert.deepEqual([file.filename, Buffer.from(file.content, 'base64').toString()], ['preços.csv', 'a;b']);
	assert.deepEqual(emulator.mails, mailbox.mails);
});

it('shows e-mails on the page, where they can do nothing', async () => {
	emulator.reset();
	const { page, shot, close } = await openBrowser();
	try {
		await page.goto(emulator.page.url);
		await page.getByText('No e-mails yet').waitFor();

		await send({
			to: 'owner@example.com',
			subject: '<b>Subscribers</b>',
			html: attack,
			attachments: [{ cid: 'chart', filename: 'chart.png', content: pixel, encoding: 'base64' }],
		});
		await page.getByRole('button', { name: '<b>Subscribers</b>' }).click();
		const dialog = page.getByRole('dialog', { name: '<b>Subscribers</b>' });
		const content = dialog.frameLocator('iframe');
		await content.getByRole('heading', { name: 'Report' }).waitFor();
		await dialog.getByText('owner@example.com').waitFor();
		await content.getByAltText('Chart').evaluate(async (image) => await (image as HTMLImageElement).decode());
		// A link opens a window of its own, as in a mail program
		const [opened] = await Promise.all([
			page.context().waitForEvent('page'),
			content.getByRole('link', { name: 'Approve' }).click(),
		]);
		await opened.close();
		assert.equal(await page.title(), 'Hotmart and Teachable emulator');
		assert.equal(emulator.mails.length, 1);
		await shot('mail');

		await dialog.getByRole('button', { name: 'Close' }).click();
		await send({ to: 'ana@example.com', subject: 'Welcome', text: 'Hello <b>Ana</b>' });
		await page.getByRole('button', { name: 'Welcome' }).click();
		await page.getByRole('dialog', { name: 'Welcome' }).getByText('Hello <b>Ana</b>').waitFor();
		await page.keyboard.press('Escape');
		await shot('mails');
	} finally {
		await close();
	}
});

it('has no place for e-mails where there is no mail server', async () => {
	const alone = await startEmulator();
	const { page, close } = await openBrowser();
	try {
		await page.goto(alone.page.url);
		await page.getByText('Nobody has bought yet').waitFor();
		assert.equal(await page.getByRole('heading', { name: 'E-mails' }).isVisible(), false);
	} finally {
		await close();
		await alone.close();
	}
});
