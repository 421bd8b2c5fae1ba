/**
 * Reads all subscriptions in a process of its own, so that its memory is nobody else's, and writes what that took to stdout.
 * `node --expose-gc --import tsx list-child.mts node|helper|axios <rows expected> <API address> <token address>`
 */
import { stdout } from 'node:process';

import axios from 'axios';

import { DEMO, demoCredentials, n8nRequest, runNode } from './project.mts';

const [contender, rows, url, tokenUrl] = process.argv.slice(2);

/**
 * What a script of a few lines does: no retries, no rate limits, no errors in words, rows as Hotmart sends them. Reads until it has
 * as many as it is told to.
 * resolves to the body of the answer
 */
const bareLoop =
	(
		send: (request: {
			method?: 'GET' | 'POST';
			url: string;
			params: Record<string, any>;
			headers: Record<string, string>;
		}) => Promise<any>,
	) =>
	async (limit: number) => {
		const { clientId, clientSecret } = DEMO.hotmart;
		const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
		const params = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
		const token = await send({ method: 'POST', url: tokenUrl, params, headers: { Authorization: `Basic ${basic}` } });
		const headers = { Authorization: `Bearer ${token.access_token}` };
		const range = {
			accession_date: Date.UTC(2011, 0, 1),
			end_accession_date: Date.now() + 86_400_000,
			max_results: 500,
		};
		const found: unknown[] = [];
		let page: string | undefined;
		do {
			const { items, page_info: info } = await send({
				url: `${url}/payments/api/v1/subscriptions`,
				params: { ...range, ...(page && { page_token: page }) },
				headers,
			});
			for (const row of items) found.push(row);
			page = info.next_page_token;
		} while (page && found.length < limit);
		return found;
	};

function withAxios() {
	return bareLoop(async (request) => (await axios(request)).data);
}

/** The same loop by what n8n sends all requests of nodes with, without a credential to be read and decrypted. */
function withHelper() {
	return bareLoop(async ({ params: qs, ...request }) => await n8nRequest({ ...request, qs, json: true }));
}

function theNode() {
	return async (limit: number) => {
		const credentials = demoCredentials({ hotmart: { url, tokenUrl }, teachable: { url } } as any);
		const wanted = limit === Infinity ? { returnAll: true } : { limit };
		const parameters = { resource: 'subscription', operation: 'getAll', ...wanted };
		const { items, error } = await runNode({ node: 'hotmart', parameters, credentials });
		if (error) throw error;
		return items;
	};
}

const CONTENDERS = { node: theNode, helper: withHelper, axios: withAxios };
const read = CONTENDERS[contender as keyof typeof CONTENDERS]();
// As in an n8n that has been running for a while.
await read(5000);
global.gc?.();
const before = process.memoryUsage().heapUsed;
const started = performance.now();
const found = await read(Infinity);
const seconds = (performance.now() - started) / 1000;
const peak = process.resourceUsage().maxRSS * 1024;
global.gc?.();
const held = process.memoryUsage().heapUsed - before;
if (found.length !== Number(rows)) throw new Error(`${found.length} rows instead of ${rows}`);
stdout.write(JSON.stringify({ seconds, peak, held }));
