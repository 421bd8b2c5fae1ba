import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

/** The hottok: the token that Hotmart sends with every webhook. The trigger's `hottokTest` checks it without a network. */
export class HotmartWebhookApi implements ICredentialType {
	name = 'hotmartWebhookApi';

	displayName = 'Hotmart Webhook API';

	icon: Icon = { light: 'file:../nodes/Hotmart/hotmart.svg', dark: 'file:../nodes/Hotmart/hotmart.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-hotmart-teachable/n8n-nodes-hotmart-teachable/blob/main/docs/credentials.md#hotmart-webhook-api';

	properties: INodeProperties[] = [
		{
			displayName:
				'In Hotmart open Tools > Webhook (API and notifications) > Authentication. Hotmart shows the hottok there; the whole account has one.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Hottok',
			name: 'webhookToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'The token that Hotmart sends with every webhook, which proves that it comes from Hotmart',
		},
		{
			displayName: 'Previous Hottok',
			name: 'previousWebhookToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: "Also accepted while Hotmart's support changes the hottok; empty it afterwards",
		},
	];
}
