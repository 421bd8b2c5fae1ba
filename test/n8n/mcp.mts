/** A small client of MCP servers (Model Context Protocol, Streamable HTTP): what an assistant does to look something up. */

/** The tools of the template MCP Server, in order of the alphabet. */
export const TEMPLATE_TOOLS = ['Check Access', 'Find Student', 'List Courses', 'List Sales', 'List Subscriptions'];

/** An answer of an MCP server. */
export interface McpAnswer {
	status: number;
	/** Sent along with the next messages, where there is one. */
	session: string | null;
	/** Decoded JSON-RPC message; empty when there is none. */
	json: any;
}

/**
 * Sends one message and reads its answer.
 *
 * @param message without the version of JSON-RPC
 */
async function send(
	{ url, token }: { url: string; token: string },
	message: object,
	headers: Record<string, string> = {},
): Promise<McpAnswer> {
	const response = await fetch(url, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			accept: 'application/json, text/event-stream',
			authorization: `Bearer ${token}`,
			...headers,
		},
		body: JSON.stringify({ jsonrpc: '2.0', ...message }),
	});
	const text = await response.text();
	const data = text.match(/^data: (.*)$/m)?.[1] ?? text;
	return { status: response.status, session: response.headers.get('mcp-session-id'), json: data && JSON.parse(data) };
}

/**
 * Introduces itself to a server.
 *
 * @returns lists its tools, and calls one
 */
export async function connectMcp(server: { url: string; token: string }) {
	const params = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
	const { session } = await send(server, { id: 1, method: 'initialize', params });
	const headers: Record<string, string> = session ? { 'mcp-session-id': session } : {};
	let id = 1;
	const ask = async (method: string, given: object) => {
		id += 1;
		const { json } = await send(server, { id, method, params: given }, headers);
		return json.result;
	};
	return {
		/** @returns names of the tools, in order of the alphabet, as the editor shows them */
		tools: async (): Promise<string[]> => {
			const { tools } = await ask('tools/list', {});
			return tools.map(({ name }: { name: string }) => name.replaceAll('_', ' ')).sort();
		},
		call: async (name: string, given: object): Promise<any> =>
			await ask('tools/call', { name: name.replaceAll(' ', '_'), arguments: given }),
	};
}
