import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

/** The secret at the end of the URL that Teachable sends events to. The trigger's `secretTest` checks it without a network. */
export class TeachableWebhookApi implements ICredentialType {
	name = 'teachableWebhookApi';

	displayName = 'Teachable Webhook API';

	icon: Icon = {
		light: 'file:../nodes/Teachable/teachable.svg',
		dark: 'file:../nodes/Teachable/teachable.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-hotmart-teachable/n8n-nodes-hotmart-teachable/blob/main/docs/credentials.md#teachable-webhook-api';

	properties: INodeProperties[] = [
		{
			displayName:
				'Teachable does not make this secret: you do. Enter it here, then open Settings > Webhooks in Teachable and end the URL of the webhook with ?secret= and the same secret.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'At least 32 random letters and digits, such as from a password generator',
		},
		{
			displayName: 'Previous Webhook Secret',
			name: 'previousWebhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Also accepted until you have changed the URL in Teachable; empty it afterwards',
		},
	];
}
