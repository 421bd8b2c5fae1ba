import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { givenOf } from '../../../shared/parameters';
import type { TeachableCall } from '../../api/operation';

const name: INodeProperties = { displayName: 'Name', name: 'name', type: 'string', default: '' };

const password: INodeProperties = {
	displayName: 'Password',
	name: 'password',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	description:
		'Password of a new user, at least 6 characters; without one, Teachable e-mails a link to set a password, which is safer',
};

const source: INodeProperties = {
	displayName: 'Source',
	name: 'src',
	type: 'string',
	default: '',
	description: 'Where the user comes from, such as the ID in another system',
};

const collection = (displayName: string, options: INodeProperties[]): INodeProperties => ({
	displayName,
	name: 'fields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	options,
});

export const newFields = collection('Additional Fields', [name, password, source]);

/** Teachable changes nothing else of a user (Teachable §2.11). */
export const updateFields = collection('Update Fields', [name, source]);

/** What is filled in. */
export const fieldsOf = ({ param }: TeachableCall): IDataObject => givenOf(param<IDataObject>('fields', {}));
