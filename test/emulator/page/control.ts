import type { FastifyInstance } from 'fastify';

import { LIFE_ARGUMENTS } from '../hotmart/life';
import type { LifeOperations } from '../hotmart/life';
import type { Order } from '../hotmart/types';
import type { Emulator, ScriptedFailure } from '../types';
import { pageState } from './view';

class ControlError extends Error {
	constructor(
		readonly statusCode: number,
		message: string,
		readonly known?: string[],
	) {
		super(message);
	}
}

type Kind = 'string' | 'number' | 'string[]' | 'number[]' | 'object';
type Arguments = Record<string, unknown>;

const isKind: Record<Kind, (value: unknown) => boolean> = {
	string: (value) => typeof value === 'string' && value !== '',
	number: (value) => Number.isFinite(value),
	'string[]': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
	'number[]': (value) => Array.isArray(value) && value.every((item) => Number.isFinite(item)),
	object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** Checks named arguments; a name that ends in `?` may be absent. */
function readArguments(body: unknown, kinds: Record<string, Kind>): Arguments {
	const given = (body ?? {}) as Arguments;
	if (!isKind.object(given)) throw new ControlError(400, 'The body must be a JSON object of named arguments');
	const names = Object.keys(kinds).map((name) => name.replace('?', ''));
	const unknown = Object.keys(given).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		throw new ControlError(400, `Unknown argument '${unknown}'; known: ${names.join(', ') || 'none'}`);
	}
	for (const [key, kind] of Object.entries(kinds)) {
		const name = key.replace('?', '');
		const value = given[name];
		if (value === undefined && key.endsWith('?')) continue;
		if (!isKind[kind](value)) {
			throw new ControlError(400, `'${name}' must be a ${kind === 'string' ? 'non-empty string' : kind}`);
		}
	}
	return given;
}

const orderKinds: Partial<Record<keyof Order | `${keyof Order}?`, Kind>> = {
	email: 'string',
	'name?': 'string',
	productId: 'number',
	'planId?': 'number',
	'paymentType?': 'string',
	'price?': 'number',
	'coupon?': 'string',
	'installments?': 'number',
	'subscriberEmail?': 'string',
	'subscriberName?': 'string',
	'offerCode?': 'string',
	'parentTransaction?': 'string',
	'bumps?': 'number[]',
	'tracking?': 'object',
	'affiliate?': 'object',
};

const numeric = ['planId', 'productId', 'dueDay', 'amount'];
const positionalKinds = (names: string[]) =>
	Object.fromEntries(
		names.map((name): [string, Kind] => [name, numeric.includes(name.replace('?', '')) ? 'number' : 'string']),
	);

/** Lets something happen in the Hotmart account, by the name of a life operation and its named arguments. */
async function live({ hotmart }: Emulator, operation: string, body: unknown): Promise<unknown> {
	if (!Object.hasOwn(LIFE_ARGUMENTS, operation)) {
		throw new ControlError(404, `Unknown operation '${operation}'`, Object.keys(LIFE_ARGUMENTS));
	}
	const name = operation as keyof LifeOperations;
	const names = LIFE_ARGUMENTS[name];
	const args = readArguments(body, names === 'order' ? orderKinds : positionalKinds(names));
	if (args.by !== undefined && !['customer', 'seller', 'admin'].includes(String(args.by))) {
		throw new ControlError(400, "'by' must be customer, seller or admin");
	}
	const call = hotmart[name] as (...values: unknown[]) => Promise<unknown>;
	const outcome = await call(
		...(names === 'order' ? [args] : names.map((argument) => args[argument.replace('?', '')])),
	).catch((error: Error) => {
		throw new ControlError(400, error.message);
	});
	return outcome ?? {};
}

function webAddress(text: unknown): string {
	const url = String(text);
	if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
		throw new ControlError(400, `The webhook URL must be an http or https address: ${url}`);
	}
	return url;
}

const failureKinds: Record<string, Kind> = {
	kind: 'string',
	'vendor?': 'string',
	'method?': 'string',
	'path?': 'string',
	'times?': 'number',
	'status?': 'number',
	'headers?': 'object',
	'when?': 'string',
};
const failureValues: Record<string, string[]> = {
	kind: ['status', 'hang', 'reset', 'empty', 'html'],
	vendor: ['hotmart', 'teachable'],
	when: ['before', 'after'],
};

function readFailure(body: unknown): ScriptedFailure {
	// The body to answer with may be anything, so it is not checked
	const { body: answer, ...rest } = (body ?? {}) as Arguments;
	const failure = readArguments(rest, failureKinds);
	for (const [name, values] of Object.entries(failureValues)) {
		const value = failure[name];
		if (value !== undefined && !values.includes(String(value))) {
			throw new ControlError(400, `'${name}' must be one of ${values.join(', ')}`);
		}
	}
	return { ...failure, ...(answer !== undefined && { body: answer }) } as unknown as ScriptedFailure;
}

/** Browsers name the page that a request comes from; only this page may steer the emulator. */
function isForeign(origin: string | undefined, host: string | undefined): boolean {
	return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}

/**
 * Adds the control API below `/control`: JSON in, JSON out, errors as `{ error, known? }`.
 * GET state | requests | mails | mails/<number> | snapshot; POST hotmart/<life operation> | webhooks | redeliver | test-button | fail | chaos
 * (`share` 0 ends it) | reset | snapshot;
 * DELETE webhooks/<id>. Life operations are answered when their webhooks have been.
 */
export function addControl(app: FastifyInstance, emulator: Emulator): void {
	const { hotmart } = emulator;
	app.addHook('onRequest', async (request) => {
		const { origin, host } = request.headers;
		if (isForeign(origin, host)) throw new ControlError(403, `Requests from ${origin} are refused`);
	});
	app.setErrorHandler<Error & { statusCode?: number; known?: string[] }>(
		async ({ statusCode = 500, message, known }, _request, reply) =>
			await reply.code(statusCode).send({ error: message, known }),
	);

	type ById = { Params: { id: string } };
	app.get('/control/state', async () => pageState(emulator));
	app.get('/control/requests', async () => emulator.requests);
	app.get('/control/mails', async () => emulator.mails);
	app.get<ById>('/control/mails/:id', async ({ params }) => {
		const mail = emulator.mails[Number(params.id) - 1];
		if (!mail) throw new ControlError(404, `No mail ${params.id}`);
		return mail;
	});
	app.get('/control/snapshot', async () => emulator.snapshot());
	app.post('/control/snapshot', async ({ body }) => {
		emulator.restore(readArguments(body, { core: 'object', hotmart: 'object', teachable: 'object' }));
		return {};
	});
	app.post('/control/reset', async () => {
		emulator.reset();
		return {};
	});
	app.post('/control/fail', async ({ body }) => {
		emulator.fail(readFailure(body));
		return {};
	});
	app.post('/control/chaos', async ({ body }) => {
		const { share, seed } = readArguments(body, { share: 'number', seed: 'number' }) as { share: number; seed: number };
		emulator.chaos(share > 0 ? { share, seed } : null);
		return {};
	});
	app.post<{ Params: { operation: string } }>(
		'/control/hotmart/:operation',
		async ({ params, body }) => await live(emulator, params.operation, body),
	);
	app.post('/control/test-button', async ({ body }) => await live(emulator, 'testButton', body));
	app.post('/control/webhooks', async ({ body }, reply) => {
		const args = readArguments(body, {
			url: 'string',
			'events?': 'string[]',
			'productId?': 'number',
			'version?': 'string',
		});
		const { events, productId, version } = args as Partial<Parameters<typeof hotmart.registerWebhook>[0]>;
		if (version !== undefined && version !== '1.0.0' && version !== '2.0.0') {
			throw new ControlError(400, "'version' must be 1.0.0 or 2.0.0");
		}
		const webhook = hotmart.registerWebhook({ url: webAddress(args.url), events, productId, version });
		return await reply.code(201).send(webhook);
	});
	app.delete<ById>('/control/webhooks/:id', async ({ params }) => {
		if (!hotmart.removeWebhook(Number(params.id))) throw new ControlError(404, `No webhook ${params.id}`);
		return {};
	});
	app.post('/control/redeliver', async ({ body }) => {
		const { deliveryId } = readArguments(body, { deliveryId: 'number' });
		if (!hotmart.deliveries.some(({ id }) => id === deliveryId)) {
			throw new ControlError(404, `No delivery ${String(deliveryId)}`);
		}
		return await hotmart.redeliver(deliveryId as number);
	});
}
