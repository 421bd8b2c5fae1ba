import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { checkSecret } from './secret';

/** What a trigger checks the senders of its deliveries by. */
export interface SecretCheck {
	/** The trigger, such as "Hotmart Trigger". */
	trigger: string;
	/** Type of the credential that has the secret, and how it is called in the editor. */
	credential: { type: string; name: string };
	/** What the vendor calls the secret, such as "hottok". */
	secret: string;
	/** What the answer says if the credential has no secret, and if the secret is wrong. */
	whenNone: string;
	whenWrong: string;
	/** Reads the usable secrets of the credential. */
	read(): Promise<string[]>;
}

/** Answers a delivery that starts nothing, or nothing yet. */
export function answer(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

/**
 * Answers a delivery whose secret is not the one of the credential.
 *
 * @returns the answer, or null when the secret is right
 */
export async function refuseStranger(
	context: IWebhookFunctions,
	given: string | null,
	{ trigger, credential, secret, whenNone, whenWrong, read }: SecretCheck,
): Promise<IWebhookResponseData | null> {
	const { id, credentials } = context.getNode();
	const key = [context.getWorkflow().id, id, credentials?.[credential.type]?.id].join(':');
	const check = await checkSecret(key, given, read).catch((error: Error) => error);
	if (check === 'right') return null;
	if (check === 'wrong') return answer(context, 401, whenWrong);
	if (check === 'none')
		return answer(context, 401, `The ${credential.name} credential of this workflow has ${whenNone}`);
	context.logger.error(`${trigger}: the credential with the ${secret} cannot be read, so no event is accepted`, {
		workflowId: context.getWorkflow().id,
		reason: check.message,
	});
	return answer(context, 503, `n8n cannot read the ${credential.name} credential of this workflow`);
}
