import type { TeachableResource } from '../../api/operation';
import { create } from './create';
import { createOrUpdate } from './createOrUpdate';
import { get } from './get';
import { getAll } from './getAll';
import { update } from './update';

export const user: TeachableResource = {
	name: 'User',
	value: 'user',
	operations: [getAll, get, create, update, createOrUpdate],
};
