import serveStatic from '@fastify/static';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';

import type { Emulator } from '../types';
import { addControl } from './control';

/** A snapshot of a large school is far beyond Fastify's usual megabyte. */
const bodyLimit = 256 * 1024 * 1024;

/** Nothing but the page's own files; the frame of an e-mail may show what the mail holds. */
const POLICY =
	"default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src data:; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The folder of the page's files. */
const PUBLIC = require.resolve('./public/index.html').replace(/index\.html$/, '');

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
	void app.register(serveStatic, {
		root: PUBLIC,
		cacheControl: false,
		setHeaders: (reply) => {
			reply.setHeader('content-security-policy', POLICY);
			reply.setHeader('cache-control', 'no-store');
		},
	});
	return app;
}
