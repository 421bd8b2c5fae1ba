/** Headless Chromium for the tests that look at what a person sees; every step worth seeing becomes a screenshot. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, selectors, type Page } from 'playwright-core';

import { artifacts } from './harness.mts';

/** N8n marks its elements with this attribute for its own tests. */
selectors.setTestIdAttribute('data-test-id');

/** Without the flags about background work Chromium looks up its maker's hosts at every start. */
export const flags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--no-first-run',
];

/** @returns path of the browser */
export function executable(): string {
	const candidates = [
		process.env.CHROMIUM_PATH,
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
		'/Applications/Chromium.app/Contents/MacOS/Chromium',
		'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
	];
	const found = candidates.find((path) => path && existsSync(path));
	if (!found) throw new Error('No Chromium found: install it (apt-get install chromium), or set CHROMIUM_PATH');
	return found;
}

export async function openBrowser(): Promise<{
	page: Page;
	shot: (name: string) => Promise<void>;
	close: () => Promise<void>;
}> {
	const browser = await chromium.launch({ executablePath: executable(), args: flags });
	const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
	page.setDefaultTimeout(60_000);
	return {
		page,
		shot: async (name) => void (await page.screenshot({ path: join(artifacts, `${name}.png`) })),
		close: async () => await browser.close(),
	};
}
