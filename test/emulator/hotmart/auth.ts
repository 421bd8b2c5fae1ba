import { randomBytes, randomUUID } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { DEMO } from '../seed';
import { copyOf } from '../shared/core';
import { createRateLimiter } from '../shared/rateLimiter';
import type { Clock } from '../types';
import { HotmartError } from './http';
import type { HotmartSwitches } from './switches';

type Environment = 'production' | 'sandbox';

const CLIENTS: Array<{ id: string; secret: string; environment: Environment }> = [
	{ id: DEMO.hotmart.clientId, secret: DEMO.hotmart.clientSecret, environment: 'production' },
	{
		id: DEMO.hotmart.sandbox.clientId,
		secret: DEMO.hotmart.sandbox.clientSecret,
		environment: 'sandbox',
	},
];

interface Token {
	client: string;
	environment: Environment;
	expiresAt: number;
}

/** Tokens and the rate limit: who may call, and how often. */
export function createAuth(clock: Clock, switches: HotmartSwitches) {
	const limiter = createRateLimiter(clock, switches);
	let tokens: Record<string, Token> = {};

	/**
	 * `POST /security/oauth/token`. Grant type and client from the query, a form or a JSON body; the client from the Basic
	 * header if there is one. The same endpoint serves clients of both environments.
	 */
	function issue(request: FastifyRequest) {
		const body = typeof request.body === 'object' ? request.body : {};
		const given = { ...body, ...(request.query as object) } as Record<string, unknown>;
		const { authorization = '' } = request.headers;
		const [id, secret] = authorization.startsWith('Basic ')
			? Buffer.from(authorization.slice(6), 'base64').toString().split(':')
			: [given.client_id, given.client_secret];
		const client = CLIENTS.find((entry) => entry.id === id && entry.secret === secret);
		if (client === undefined) {
			throw new HotmartError(401, 'unauthorized', 'Bad client credentials');
		}
		if (given.grant_type !== 'client_credentials') {
			throw new HotmartError(400, 'unsupported_grant_type', `Unsupported grant type: ${String(given.grant_type)}`);
		}
		const { tokenLifetimeSeconds } = switches;
		const token = randomBytes(180).toString('base64url');
		tokens[token] = {
			client: client.id,
			environment: client.environment,
			expiresAt: clock.now() + tokenLifetimeSeconds * 1000,
		};
		return {
			access_token: token,
			token_type: 'bearer',
			expires_in: tokenLifetimeSeconds,
			scope: 'read write',
			jti: randomUUID(),
		};
	}

	/** Refuses a call without a good token, then counts it; every counted answer tells what is left. */
	function admit(request: FastifyRequest, reply: FastifyReply): void {
		const [, token] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
		if (token === undefined) {
			throw request.url.startsWith('/user/')
				? new HotmartError(401, 'invalid_token', 'The access token is missing or invalid.')
				: new HotmartError(401, 'unauthorized', 'Full authentication is required to access this resource.');
		}
		const known = tokens[token];
		if (known === undefined || known.environment !== switches.environment) {
			throw new HotmartError(401, 'invalid_token', 'The access token is invalid.');
		}
		if (known.expiresAt <= clock.now()) {
			throw new HotmartError(401, 'token_expired', 'The access token has expired.');
		}
		const { allowed, limit, remaining, resetSeconds } = limiter.take(known.client);
		void reply.headers({
			'RateLimit-Limit': limit,
			'RateLimit-Remaining': remaining,
			'RateLimit-Reset': resetSeconds,
			'X-RateLimit-Limit-Minute': limit,
			'X-RateLimit-Remaining-Minute': remaining,
		});
		if (!allowed) throw new HotmartError(429, 'too_many_requests', 'API rate limit exceeded.');
	}

	return {
		issue,
		admit,
		expireToken: () => {
			for (const token of Object.values(tokens)) token.expiresAt = 0;
		},
		// Tokens stay good: a client that keeps one knows nothing of a reset.
		reset: () => limiter.reset(),
		snapshot: () => copyOf(tokens),
		restore: (snapshot: unknown) => {
			tokens = copyOf(snapshot) as typeof tokens;
		},
	};
}
