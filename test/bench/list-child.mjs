// @ts-check
/**
 * Reads all subscriptions in a process of its own, so that its memory is nobody else's, and writes what that took to stdout.
 * `node --expose-gc list-child.mjs node|axios <rows expected> <API address> <token address>`
 */
import { stdout } from 'node:process';

const [contender, rows, url, tokenUrl] = process.argv.slice(2);

/** What a script of a few lines does: no retries, no rate limits, no errors in words, rows as Hotmart sends them. */
async function bareLoop() {
	const { default: axios } = await import('axios');
	const { DEMO } = await import('./project.mjs');
	const { clientId, clientSecret } = DEMO.hotmart;
	return async () => {
		const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
		const params = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
		const { data: token } = await axios.post(tokenUrl, null, { params, headers: { Authorization: `Basic ${basic}` } });
		const headers = { Authorization: `Bearer ${token.access_token}` };
		const range = { accession_date: Date.UTC(2011, 0, 1), end_accession_date: Date.now() + 86_400_000, max_results: 500 };
		/** @type {unknown[]} */
		const found = [];
		/** @type {string | undefined} */
		let page;
		do {
			/** @type {import('axios').AxiosResponse<any>} */
			const { data } = await axios.get(`${url}/payments/api/v1/subscriptions`, { params: { ...range, page_token: page }, headers });
			for (const row of data.items) found.push(row);
			page = data.page_info.next_page_token;
		} while (page);
		return found;
	};
}

async function theNode() {
	const { demoCredentials, runNode } = await import('./project.mjs');
	return async () => {
		const credentials = demoCredentials(/** @type {any} */ ({ hotmart: { url, tokenUrl }, teachable: { url } }));
		const parameters = { resource: 'subscription', operation: 'getAll', returnAll: true };
		const { items, error } = await runNode({ node: 'hotmart', parameters, credentials });
		if (error) throw error;
		return items;
	};
}

const read = await (contender === 'axios' ? bareLoop() : theNode());
global.gc?.();
const before = process.memoryUsage().heapUsed;
const started = performance.now();
const found = await read();
const seconds = (performance.now() - started) / 1000;
const peak = process.resourceUsage().maxRSS * 1024;
global.gc?.();
const held = process.memoryUsage().heapUsed - before;
if (found.length !== Number(rows)) throw new Error(`${found.length} rows instead of ${rows}`);
stdout.write(JSON.stringify({ seconds, peak, held }));
