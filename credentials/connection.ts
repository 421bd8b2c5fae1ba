/** Plain words for Node.js' codes; n8n replaces a message that names one of the codes by its own general text. */
const WORDS: Record<string, string> = {
	ECONNABORTED: 'no answer in time',
	ETIMEDOUT: 'no answer in time',
	ECONNRESET: 'the connection was closed',
	EPIPE: 'the connection was closed',
	ECONNREFUSED: 'the connection was refused',
	ENOTFOUND: 'the host name was not found',
	EAI_AGAIN: 'the name server did not answer',
};

/** Says in words why a request got no answer. */
export const whyNoAnswer = (code: string | null | undefined): string => WORDS[code ?? ''] ?? 'there was no connection';

/** What to check after such a failure: a wrong address has other codes than a missing connection. */
export function checkConnection(code: string | null | undefined, service: string): string {
	switch (code) {
		case 'ENOTFOUND':
			return `No server has this name. If you entered a URL in the ${service} credential, check it for spelling; otherwise check the internet connection and the DNS settings of this n8n.`;
		case 'ECONNREFUSED':
			return `Nothing listens at this address. If you entered a URL in the ${service} credential, check its host and port; otherwise check the proxy and firewall of this n8n.`;
		default:
			return `Check the internet connection of this n8n, its proxy and DNS settings, and the ${service} status page, then run it again.`;
	}
}
