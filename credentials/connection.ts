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
