import type { INodeProperties } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { withSameColumns } from '../../../shared/record';
import { addresses } from '../../api/addresses';
import { productField } from '../../api/fields';
import { selectOf, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';

const moduleId: INodeProperties = {
	displayName: 'Module ID',
	name: 'moduleId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 2Z7RAMXEJW',
	description: 'The module_id that Get Modules shows',
};

export const getPages: HotmartOperation = {
	name: 'Get Pages',
	value: 'getPages',
	action: 'Get the pages of a module',
	description: 'List the pages (lessons) of a module of a members area',
	fields: [productField, moduleId, ...shapeFields({})],
	async execute(call) {
		const pages = await call.api.request({
			path: addresses.modulePages(required(call, moduleId)),
			query: { product_id: required(call, productField), select: selectOf(call) },
		});
		if (Array.isArray(pages) && pages.length > 0) return withSameColumns(pages.map(readRecord));
		call.hint('This module has no pages.');
		return [];
	},
};
