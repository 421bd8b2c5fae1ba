import type { INodeProperties } from 'n8n-workflow';

export const subdomain: INodeProperties = {
	displayName: 'Subdomain',
	name: 'subdomain',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. my-course',
	description: 'Of the members area: my-course of my-course.club.hotmart.com',
};
