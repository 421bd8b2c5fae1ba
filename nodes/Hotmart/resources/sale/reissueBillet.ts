import type { IDataObject } from 'n8n-workflow';

import { path } from '../../../shared/http';
import { required, transaction, type HotmartOperation } from '../../api/fields';
import { readRecord } from '../../api/records';

export const reissueBillet: HotmartOperation = {
	name: 'Reissue Billet',
	value: 'reissueBillet',
	action: 'Reissue the billet of a sale',
	description:
		'Make a new bank slip (boleto) for a sale that waits for its payment, and return its address. Nothing is charged, and the sale stays as it is.',
	fields: [transaction],
	async execute(call) {
		const code = required(call, transaction);
		const answer = await call.api.request({ method: 'PUT', path: path`/payments/api/v1/sales/${code}/billet` });
		return { transaction: code, ...readRecord(answer as IDataObject) };
	},
};
