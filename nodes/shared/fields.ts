import type { INodeProperties } from 'n8n-workflow';

import type { Call } from './operation';

/** The two fields with which n8n's nodes limit a list. */
export const limitFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		default: 50,
		description: 'Max number of results to return',
	},
];

/** How many records the user wants: Infinity with Return All. */
export const limitOf = ({ param }: Call<unknown>): number =>
	param<boolean>('returnAll') ? Infinity : param<number>('limit', 50);
