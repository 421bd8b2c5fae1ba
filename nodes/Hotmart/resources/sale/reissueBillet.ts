import type { IDataObject } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { transaction } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';

export const reissueBillet: HotmartOperation = {
	name: 'Reissue Billet',
	value: 'reissueBillet',
	action: 'Reissue the billet of a sale',
	description:
		'Create a new bank slip (boleto) for a sale that is not paid yet; nothing is charged, and the sale stays as it is',
	fields: [transaction],
	async execute(call) {
		const code = required(call, transaction);
		const answer = await call.api.request({ method: 'PUT', path: addresses.billet(code) });
		return { transaction: code, ...readRecord(answer as IDataObject) };
	},
};
