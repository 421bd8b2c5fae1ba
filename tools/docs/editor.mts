/** The real editor in Chromium, for pictures of it: an n8n with this package in it, whose owner is signed in. */
import { chromium, selectors } from 'playwright-core';

import { executable, flags } from '../../test/n8n/browser.mts';
import { useStack } from '../../test/n8n/harness.mts';
import type { Page } from 'playwright-core';

/** An editor of which pictures can be taken. */
export interface Editor {
	/** The n8n behind it, the emulator and their credentials. */
	stack: Awaited<ReturnType<typeof useStack>>;
	page: Page;
	/** A picture as WebP, as good as fits into `limit` bytes; Chromium itself writes it. */
	toWebp: (png: Buffer, limit: number) => Promise<Buffer>;
	close: () => Promise<void>;
}

/** @param deviceScaleFactor pixels of a picture for each pixel of the page */
export async function openEditor(deviceScaleFactor: number): Promise<Editor> {
	selectors.setTestIdAttribute('data-test-id');
	const stack = await useStack();
	const browser = await chromium.launch({ executablePath: executable(), args: flags });
	const context = await browser.newContext({
		viewport: { width: 1440, height: 1000 },
		deviceScaleFactor,
		reducedMotion: 'reduce',
		colorScheme: 'light',
	});
	const [name = '', value = ''] = stack.session.split(/=(.*)/s);
	await context.addCookies([{ name, value, url: stack.n8n }]);
	const page = await context.newPage();
	page.setDefaultTimeout(180_000);
	const writer = await context.newPage();
	return {
		stack,
		page,
		toWebp: async (png, limit) => await toWebp(writer, png, limit),
		close: async () => {
			await browser.close();
			await stack.close();
		},
	};
}

async function toWebp(page: Page, png: Buffer, limit: number): Promise<Buffer> {
	const data = await page.evaluate(
		async ({ source, limit }) => {
			const image = new Image();
			image.src = `data:image/png;base64,${source}`;
			await image.decode();
			const canvas = document.createElement('canvas');
			canvas.width = image.naturalWidth;
			canvas.height = image.naturalHeight;
			canvas.getContext('2d')?.drawImage(image, 0, 0);
			let url = '';
			for (let quality = 0.9; quality > 0.2; quality -= 0.05) {
				url = canvas.toDataURL('image/webp', quality);
				// Base64 makes four characters of three bytes
				if (url.length * 0.75 <= limit) break;
			}
			return url;
		},
		{ source: png.toString('base64'), limit },
	);
	return Buffer.from(data.slice(data.indexOf(',') + 1), 'base64');
}
