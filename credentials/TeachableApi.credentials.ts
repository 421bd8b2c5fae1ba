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
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'In Teachable, as the owner of the school, under Settings > API > Create API Key; the plan must include API access (Growth or higher)',
		},
		{
			displayName: 'API URL',
			name: 'apiUrl',
			type: 'string',
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
