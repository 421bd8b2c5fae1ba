import type { IDataObject } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { withSameColumns } from '../../../shared/record';
import { addresses } from '../../api/addresses';
import { selectOf, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';
import { subdomain } from './fields';

/** Hotmart lists either the main or the extra modules (Hotmart §3.5). */
const KINDS: Record<string, boolean[]> = { all: [false, true], main: [false], extra: [true] };

export const getModules: HotmartOperation = {
	name: 'Get Modules',
	value: 'getModules',
	action: 'Get the modules of a members area',
	description: 'List the modules of a members area, by default main and extra ones',
	fields: [
		subdomain,
		{
			displayName: 'Modules',
			name: 'modules',
			type: 'options',
			options: [
				{ name: 'All', value: 'all' },
				{ name: 'Extra', value: 'extra' },
				{ name: 'Main', value: 'main' },
			],
			default: 'all',
		},
		...shapeFields({}),
	],
	async execute(call) {
		const query = { subdomain: required(call, subdomain), select: selectOf(call) };
		const modules: IDataObject[] = [];
		for (const is_extra of KINDS[call.param<string>('modules', 'all')] ?? KINDS.all!) {
			const found = await call.api.request({ path: addresses.modules, query: { ...query, is_extra } });
			if (Array.isArray(found)) modules.push(...found.map(readRecord));
		}
		if (modules.length === 0) call.hint('This members area has no such modules.');
		return withSameColumns(modules);
	},
};
