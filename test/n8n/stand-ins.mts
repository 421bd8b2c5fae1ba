/** Local stand-ins for the outside services that templates use: a mail server that keeps what it gets, and an AI model with scripted answers. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import consumers from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerEnvelope } from 'smtp-server';

import type { Mail } from '../emulator/types.ts';

const host = '127.0.0.1';

/** @param raw as it came over the wire */
async function read(raw: Uint8Array, { mailFrom, rcptTo }: SMTPServerEnvelope): Promise<Mail> {
	const {
		subject = '',
		text = '',
		html = '',
		attachments,
	} = await PostalMime.parse(raw, { attachmentEncoding: 'base64' });
	return {
		at: Date.now(),
		from: mailFrom ? mailFrom.address : '',
		to: rcptTo.map(({ address }) => address),
		subject,
		// A mail always ends with a line break
		text: text.trimEnd(),
		html: html.trimEnd(),
		attachments: attachments.map(({ filename, mimeType, contentId, content }) => ({
			filename: filename ?? '',
			mimeType,
			contentId: contentId?.replace(/^<|>$/g, '') ?? '',
			content: String(content),
		})),
	};
}

/**
 * An SMTP server on loopback, without encryption and for every user, that delivers nothing and remembers everything.
 * @param options default: any free port
 * @returns mails: oldest first
 */
export async function startMailbox({
	port = 0,
	onMail = () => {},
}: { port?: number; onMail?: (mail: Mail) => void } = {}): Promise<{
	port: number;
	mails: Mail[];
	close: () => Promise<void>;
}> {
	const mails: Mail[] = [];
	const server = new SMTPServer({
		authOptional: true,
		allowInsecureAuth: true,
		disabledCommands: ['STARTTLS'],
		onAuth: ({ username }, _session, done) => done(null, { user: username }),
		onData(stream, { envelope }, done) {
			const receive = async () => {
				const mail = await read(await consumers.buffer(stream), envelope);
				mails.push(mail);
				onMail(mail);
			};
			receive().then(() => done(), done);
		},
	});
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => resolve(undefined));
	});
	// A client that hangs up in the middle of a mail is its own business
	server.on('error', () => {});
	return {
		port: (server.server.address() as AddressInfo).port,
		mails,
		close: async () => await new Promise((resolve) => server.close(() => resolve())),
	};
}

/** Of a tool, by the model */
export interface Call {
	id?: string;
	name: string;
	arguments: Record<string, any>;
}

export interface Message {
	role: 'system' | 'user' | 'assistant' | 'tool';
	/** What was said, or what a tool has answered */
	text: string;
	/** Of an assistant */
	calls: Call[];
	/** Of a tool's answer: which call it answers */
	callId?: string;
}

/** The same for both of OpenAI's APIs */
export interface ModelRequest {
	model: string;
	messages: Message[];
	/** parameters: a JSON schema */
	tools: Array<{ name: string; description: string; parameters: any }>;
}

export type ModelReply = { text?: string; calls?: Call[] };

/** @param content text, or a list of parts */
const textOf = (content: any): string =>
	typeof content === 'string' ? content : (content ?? []).map((part: any) => part.text ?? '').join('');

const readCall = ({ id, name, arguments: args }: any): Call => ({ id, name, arguments: JSON.parse(args || '{}') });

/** Reads a request of the Chat Completions API. */
function readCompletion({ model, messages, tools = [] }: any): ModelRequest {
	return {
		model,
		messages: messages.map(({ role, content, tool_calls: calls = [], tool_call_id: callId }: any) => ({
			role: role === 'developer' ? 'system' : role,
			text: textOf(content),
			calls: calls.map((call: any) => readCall({ ...call.function, id: call.id })),
			callId,
		})),
		tools: tools.map((tool: any) => tool.function),
	};
}

/** Reads a request of the Responses API, where each call and each answer of a tool is an item of its own. */
function readResponse({ model, input, instructions, tools = [] }: any): ModelRequest {
	const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
	const messages: Message[] = instructions ? [{ role: 'system', text: instructions, calls: [] }] : [];
	for (const item of items) {
		if (item.type === 'function_call')
			messages.push({ role: 'assistant', text: '', calls: [readCall({ ...item, id: item.call_id })] });
		else if (item.type === 'function_call_output')
			messages.push({ role: 'tool', text: textOf(item.output), calls: [], callId: item.call_id });
		else
			messages.push({ role: item.role === 'developer' ? 'system' : item.role, text: textOf(item.content), calls: [] });
	}
	return { model, messages, tools };
}

/** @returns a whole answer of the Chat Completions API, and the same as a stream */
function writeCompletion(model: string, { text = '', calls = [] }: ModelReply): { body: object; events: object[] } {
	const common = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model };
	const message = {
		role: 'assistant',
		content: text,
		...(calls.length && {
			tool_calls: calls.map(({ name, arguments: args }, index) => ({
				index,
				id: `call_${randomUUID()}`,
				type: 'function',
				function: { name, arguments: JSON.stringify(args) },
			})),
		}),
	};
	const finish_reason = calls.length ? 'tool_calls' : 'stop';
	const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
	const chunk = { ...common, object: 'chat.completion.chunk' };
	return {
		body: { ...common, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage },
		events: [
			{ ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }] },
			{ ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] },
			{ ...chunk, choices: [], usage },
		],
	};
}

/** @returns a whole answer of the Responses API, and the same as a stream */
function writeResponse(model: string, { text = '', calls = [] }: ModelReply): { body: object; events: object[] } {
	const id = `resp_${randomUUID()}`;
	const said = { type: 'message', id: `msg_${randomUUID()}`, role: 'assistant', status: 'completed' };
	const output = [
		...(text ? [{ ...said, content: [{ type: 'output_text', text, annotations: [] }] }] : []),
		...calls.map(({ name, arguments: args }) => ({
			type: 'function_call',
			id: `fc_${randomUUID()}`,
			call_id: `call_${randomUUID()}`,
			name,
			arguments: JSON.stringify(args),
			status: 'completed',
		})),
	];
	const body = {
		id,
		object: 'response',
		created_at: Math.floor(Date.now() / 1000),
		model,
		status: 'completed',
		error: null,
		incomplete_details: null,
		output,
		usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
	};
	const events = output.flatMap((item, output_index) => [
		{ type: 'response.output_item.added', output_index, item: 'content' in item ? { ...item, content: [] } : item },
		...('content' in item
			? [{ type: 'response.output_text.delta', item_id: item.id, output_index, content_index: 0, delta: text }]
			: []),
		{ type: 'response.output_item.done', output_index, item },
	]);
	const created = { type: 'response.created', response: { ...body, status: 'in_progress', output: [] } };
	return { body, events: [created, ...events, { type: 'response.completed', response: body }] };
}

/**
 * An AI model with OpenAI's HTTP API on loopback, which says what `reply` says. n8n's OpenAI Chat Model node calls the
 * Responses API (its default since node version 1.3) or Chat Completions, each whole or streamed, and lists the models.
 * @param options an error of
 * `reply` becomes HTTP 400 with its message, which n8n does not retry; port: default any free one
 * @returns url ends with /v1
 */
export async function startModel({
	reply,
	port = 0,
}: {
	reply: (request: ModelRequest) => ModelReply | Promise<ModelReply>;
	port?: number;
}): Promise<{ port: number; url: string; requests: ModelRequest[]; close: () => Promise<void> }> {
	const requests: ModelRequest[] = [];
	const apis: Record<
		string,
		{
			read: (body: any) => ModelRequest;
			write: (model: string, reply: ModelReply) => { body: object; events: object[] };
			last: string;
		}
	> = {
		'/v1/chat/completions': { read: readCompletion, write: writeCompletion, last: 'data: [DONE]\n\n' },
		'/v1/responses': { read: readResponse, write: writeResponse, last: '' },
	};
	/** @returns an object, or events as text */
	const answer = async (path: string, body: any): Promise<object | string> => {
		if (path === '/v1/models')
			return { object: 'list', data: [{ id: 'gpt-5-mini', object: 'model', created: 0, owned_by: 'stand-in' }] };
		const api = apis[path];
		if (!api) throw new Error(`There is no ${path} here`);
		const request = api.read(body);
		requests.push(request);
		const { body: whole, events } = api.write(request.model, await reply(request));
		if (!body.stream) return whole;
		const lines = events.map(
			(event) => `${'type' in event ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`,
		);
		return lines.join('') + api.last;
	};
	// No Fastify: the emulator's copy is loaded by tsx, and two copies in one process mix their internals
	const server = createServer((request, response) => {
		const send = (status: number, content: object | string) => {
			const isStream = typeof content === 'string';
			response.writeHead(status, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
			response.end(isStream ? content : JSON.stringify(content));
		};
		consumers
			.text(request)
			.then(
				async (body) =>
					await answer(new URL(request.url ?? '/', `http://${host}`).pathname, body ? JSON.parse(body) : {}),
			)
			.then(
				(content) => send(200, content),
				(error) =>
					send(400, { error: { message: error.message, type: 'invalid_request_error', code: null, param: null } }),
			);
	});
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => resolve(undefined));
	});
	const { port: used } = server.address() as AddressInfo;
	const close = async () =>
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { port: used, url: `http://${host}:${used}/v1`, requests, close };
}
