import type { IDataObject } from 'n8n-workflow';

/** Name of the part of the URL that holds the secret. */
const PARAMETER = 'secret';
/** A shorter secret could be guessed. A URL would change other characters. */
const SECRET = /^[\w.~-]{32,}$/;

/** Says what is wrong with a secret, in words for the user; null if it is fine. */
export function whyNoSecret(secret: string): string | null {
	if (secret === '') return 'Enter a secret: without it every event is refused';
	if (secret.length < 32) return 'The secret is too short. Use at least 32 random letters and digits';
	return SECRET.test(secret) ? null : 'The secret has characters that a URL changes. Use only letters and digits';
}

/** The secrets of the credential that can be used. */
export const secretsIn = ({ webhookSecret, previousWebhookSecret }: IDataObject): string[] =>
	[webhookSecret, previousWebhookSecret]
		.map((secret) => String(secret ?? '').trim())
		.filter((secret) => whyNoSecret(secret) === null);

/** The secret in the URL of a delivery. Null if there is none or more than one. */
export function secretOf(query: IDataObject): string | null {
	const given = query[PARAMETER];
	return typeof given === 'string' && given !== '' ? given : null;
}
