import type { IAuthenticate, ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { accessMode, authorize } from './authorize';

/** API key of a Teachable school. */
export class TeachableApi implements ICredentialType {
	name = 'teachableApi';

	displayName = 'Teachable API';

	icon: Icon = {
		light: 'file:../nodes/Teachable/teachable.svg',
		dark: 'file:../nodes/Teachable/teachable.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-hotmart-teachable/n8n-nodes-hotmart-teachable/blob/main/docs/credentials.md#teachable-api';

	properties: INodeProperties[] = [
		{
			displayName:
				'In Teachable open Settings > API > Create API Key as the owner of the school. The plan must include API access (Growth or higher).',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Teachable shows the key under Settings > API of the school',
		},
		{
			displayName: 'API URL',
			name: 'apiUrl',
			type: 'string',
			required: true,
			default: 'https://developers.teachable.com/v1',
			description: 'Change it only for your own proxy or an emulator',
		},
		accessMode,
	];

	authenticate: IAuthenticate = async (credentials, options) => {
		const apiKey = String(credentials.apiKey ?? '').trim();
		return authorize(options, {
			service: 'Teachable',
			apiUrl: String(credentials.apiUrl),
			readOnly: credentials.accessMode === 'readOnly',
			headers: { apiKey },
			secrets: [apiKey],
		});
	};

	test: ICredentialTestRequest = {
		request: { url: '/courses', qs: { per: 1 } },
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message: 'Teachable does not know this API key. Copy it again from Settings > API of the school.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'Teachable knows this API key, but the plan of the school or the permissions of the key do not allow it',
				},
			},
		],
	};
}
