import type { FastifyInstance, HTTPMethods } from 'fastify';

import { copyOf, createVendorServer } from '../core';
import type { CreateHotmartAccount } from '../types';
import { createAuth } from './auth';
import { createDeliveries } from './deliveries';
import { HotmartError, createPager, errorOf, readQuery, select } from './http';
import type { Api, Call, Routes } from './http';
import { createLife } from './life';
import { accountRoutes } from './routes/account';
import { clubRoutes } from './routes/club';
import { productRoutes } from './routes/products';
import { saleRoutes } from './routes/sales';
import { subscriptionRoutes } from './routes/subscriptions';
import { createStore } from './store';
import { defaultSwitches } from './switches';
import type { HotmartAccount } from './types';

/** What the documentation site, on the same host, answers for a path that does not exist. */
const SITE =
	'<!doctype html><html><head><title>Hotmart Developers</title>' +
	'<meta http-equiv="refresh" content="0; url=/docs/en/404/"></head><body></body></html>';

/** Adds the routes to the server, behind the token and the rate limit. */
function serve(app: FastifyInstance, routes: Routes, auth: ReturnType<typeof createAuth>): void {
	app.post('/security/oauth/token', async (request) => auth.issue(request));

	void app.register(async (api) => {
		api.addHook('preHandler', async (request, reply) => auth.admit(request, reply));
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
					const body = typeof request.body === 'object' ? request.body : {};
					const call = { query: readQuery(request.query as Call['query']['raw']), params: request.params, body };
					return reply.send(answer(call as Call));
				},
			});
		}
	});
}

/**
 * Hotmart's REST API and token endpoint, with the account behind them.
 * @see HotmartAccount for what can happen to the account
 */
export const createHotmartAccount: CreateHotmartAccount = (core, given, seed) => {
	const { clock } = core;
	const switches = { ...defaultSwitches, ...given };
	const store = createStore(clock, seed);
	const auth = createAuth(clock, switches);
	const deliveries = createDeliveries(clock, switches);
	const life = createLife(store, clock, switches, deliveries);
	const api: Api = { store, clock, switches, page: createPager(), life, deliveries };
	const routes: Routes = {
		...subscriptionRoutes(api),
		...saleRoutes(api),
		...productRoutes(api),
		...clubRoutes(api),
		...accountRoutes(api),
	};
	const patterns = Object.keys(routes).map(
		(route) => new RegExp(`^${(route.split(' ')[1] ?? '').replace(/:\w+/g, '[^/]+')}$`),
	);

	const app = createVendorServer('hotmart', core, errorOf);
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
	serve(app, routes, auth);

	const shown = {
		get products() {
			return store.products;
		},
		get subscriptions() {
			return store.subscriptions.rows();
		},
		get sales() {
			return store.sales.rows();
		},
		get writes() {
			return store.writes;
		},
		switches,
		addProduct: store.addProduct,
		findSubscription: store.subscriptions.find,
		findSale: store.sales.find,
		seedSubscriptions: store.seedSubscriptions,
		seedSales: store.seedSales,
		expireToken: auth.expireToken,
		...life.operations,
	};
	const account = Object.defineProperties(
		{},
		{ ...Object.getOwnPropertyDescriptors(shown), ...Object.getOwnPropertyDescriptors(deliveries.shown) },
	) as HotmartAccount;

	return {
		app,
		account,
		reset: () => {
			Object.assign(switches, defaultSwitches, given);
			for (const part of [store, auth, deliveries]) part.reset();
		},
		snapshot: () => ({
			store: store.snapshot(),
			tokens: auth.snapshot(),
			deliveries: deliveries.snapshot(),
			switches: copyOf(switches),
		}),
		restore: (snapshot) => {
			const saved = snapshot as Record<'store' | 'tokens' | 'deliveries', unknown> & { switches: typeof switches };
			store.restore(saved.store);
			auth.restore(saved.tokens);
			deliveries.restore(saved.deliveries);
			Object.assign(switches, saved.switches);
		},
		stop: deliveries.stop,
	};
};
