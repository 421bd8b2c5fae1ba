import { sleep } from 'n8n-workflow';
import type { FastifyInstance, HTTPMethods } from 'fastify';

import { copyOf } from '../shared/core';
import { createSender } from '../shared/deliveries';
import { createVendorServer } from '../shared/server';
import type { Core, EmulatedVendor, Seed } from '../types';
import type { Account } from './account';
import { createAuth } from './auth';
import { seedSales, seedSubscriptions } from './bulk';
import { HotmartError, errorOf, readQuery, select } from './http';
import type { Call, Routes } from './http';
import { lifeOf } from './life';
import { passTime } from './life/subscriptions';
import { accountRoutes } from './routes/account';
import { clubRoutes } from './routes/club';
import { productRoutes } from './routes/products';
import { saleRoutes } from './routes/sales';
import { subscriptionRoutes } from './routes/subscriptions';
import { subscriptionWriteRoutes } from './routes/subscriptionWrites';
import { transactionRoutes } from './routes/transactions';
import { addProduct, createState, resetState, restoreState, snapshotOf } from './state';
import { defaultSwitches } from './switches';
import type { HotmartSwitches } from './switches';
import type { HotmartAccount } from './types';
import { giveNewId, registerWebhook } from './webhooks';

const routes: Routes = {
	...subscriptionRoutes,
	...subscriptionWriteRoutes,
	...transactionRoutes,
	...saleRoutes,
	...productRoutes,
	...clubRoutes,
	...accountRoutes,
};

const patterns = Object.keys(routes).map(
	(route) => new RegExp(`^${(route.split(' ')[1] ?? '').replace(/:\w+/g, '[^/]+')}$`),
);

/** What the documentation site, on the same host, answers for a path that does not exist. */
const SITE =
	'<!doctype html><html><head><title>Hotmart Developers</title>' +
	'<meta http-equiv="refresh" content="0; url=/docs/en/404/"></head><body></body></html>';

/** Adds the routes to the server, behind the token and the rate limit. */
function serve(app: FastifyInstance, account: Account, auth: ReturnType<typeof createAuth>): void {
	app.post('/security/oauth/token', async (request) => auth.issue(request));

	void app.register(async (api) => {
		api.addHook('preHandler', async (request, reply) => auth.admit(request, reply));
		api.addHook('preHandler', async () => {
			if (account.switches.latencyMs > 0) await sleep(account.switches.latencyMs);
		});
		api.addHook('preSerialization', async (request, reply, payload) => {
			const { select: fields } = request.query as { select?: string };
			return typeof fields === 'string' && reply.statusCode < 300 ? select(payload, fields) : payload;
		});
		for (const [route, answer] of Object.entries(routes)) {
			const [method, url] = route.split(' ') as [HTTPMethods, string];
			api.route({
				method,
				url,
				handler: async (request, reply) => {
					passTime(account);
					const body = typeof request.body === 'object' ? request.body : {};
					const query = readQuery(request.query as Call['query']['raw']);
					return reply.send(answer({ account, query, params: request.params, body } as Call));
				},
			});
		}
	});
}

/** Errors in Hotmart's form, and what it answers for paths that do not exist (Hotmart §2.6). */
function addErrors(app: FastifyInstance, { switches }: Account): void {
	app.setErrorHandler((error, _request, reply) => {
		if (error instanceof HotmartError) return reply.code(error.status).send(error.body);
		const status = (error as { statusCode?: number }).statusCode ?? 500;
		return reply.code(status).send({ ...errorOf(status), error_description: (error as Error).message });
	});
	app.setNotFoundHandler((request, reply) => {
		const path = request.url.split('?')[0] ?? '';
		if (patterns.some((pattern) => pattern.test(path))) return reply.code(405).send(errorOf(405));
		if (!switches.htmlForUnknownPaths) return reply.code(404).send(errorOf(404));
		return reply.code(200).type('text/html; charset=utf-8').send(SITE);
	});
}

/** The account as tests and the page see it. */
function shownOf(account: Account, auth: ReturnType<typeof createAuth>): HotmartAccount {
	const { state, clock, switches, sender } = account;
	const { removeWebhook, redeliver, hold, release, settled } = sender;
	return {
		...lifeOf(account),
		...{ removeWebhook, redeliver, hold, release, settled, switches },
		get products() {
			return state.products;
		},
		get subscriptions() {
			passTime(account);
			return state.subscriptions.rows();
		},
		get sales() {
			return state.sales.rows();
		},
		get writes() {
			return state.writes;
		},
		get webhooks() {
			return sender.webhooks;
		},
		get deliveries() {
			return sender.deliveries;
		},
		addProduct: (product) => addProduct(state, clock, product),
		findSubscription: (code) => {
			passTime(account);
			return state.subscriptions.find(code);
		},
		findSale: state.sales.find,
		seedSubscriptions: (count, options) => seedSubscriptions(state, clock, count, options),
		seedSales: (count, options) => seedSales(state, clock, count, options),
		expireToken: auth.expireToken,
		registerWebhook: (webhook) => registerWebhook(account, webhook),
	};
}

/**
 * Hotmart's REST API and token endpoint, with the account behind them.
 * @see HotmartAccount for what can happen to the account
 */
export function createHotmart(
	core: Core,
	given: Partial<HotmartSwitches>,
	seed: Seed,
): EmulatedVendor & { account: HotmartAccount } {
	const { clock } = core;
	const switches = { ...defaultSwitches, ...given };
	const sender: Account['sender'] = createSender(clock, switches, giveNewId, () => switches.retriesRepeatId);
	const account: Account = { clock, switches, state: createState(seed), cursors: new Map(), sender };
	const auth = createAuth(clock, switches);
	const app = createVendorServer('hotmart', core, errorOf);
	addErrors(app, account);
	serve(app, account, auth);

	return {
		app,
		account: shownOf(account, auth),
		reset: () => {
			Object.assign(switches, defaultSwitches, given);
			resetState(account.state, seed);
			auth.reset();
			sender.reset();
		},
		snapshot: () => ({
			state: snapshotOf(account.state),
			tokens: auth.snapshot(),
			deliveries: sender.snapshot(),
			switches: copyOf(switches),
		}),
		restore: (snapshot) => {
			const saved = snapshot as Record<'state' | 'tokens', unknown> & {
				switches: HotmartSwitches;
				deliveries: ReturnType<typeof sender.snapshot>;
			};
			restoreState(account.state, saved.state);
			auth.restore(saved.tokens);
			sender.restore(saved.deliveries);
			Object.assign(switches, saved.switches);
		},
		stop: sender.stop,
	};
}
