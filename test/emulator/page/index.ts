import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';

import type { Emulator } from '../types';
import { addControl } from './control';
import { html } from './html';

/** A snapshot of a large school is far beyond Fastify's usual megabyte. */
const bodyLimit = 256 * 1024 * 1024;

/** The dashboard page `/` and the control API `/control`; see `addControl`. */
export function createPage(emulator: Emulator): FastifyInstance {
	// The page polls over kept connections, which must not hold up the end
	const app = fastify({ forceCloseConnections: true, bodyLimit });
	const parseJson = app.getDefaultJsonParser('error', 'error');
	// JSON only (a form of another site could send text), but a body may be left out
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
		if (body === '') done(null, undefined);
		else void parseJson(request, body as string, done);
	});

	addControl(app, emulator);
	app.get(
		'/',
		async (_request, reply) =>
			await reply
				.headers({
					'content-type': 'text/html; charset=utf-8',
					'content-security-policy':
						"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; " +
						"form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
					'cache-control': 'no-store',
				})
				.send(html),
	);
	return app;
}
