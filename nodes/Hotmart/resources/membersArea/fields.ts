import type { INodeProperties } from 'n8n-workflow';

export const subdomain: INodeProperties = {
	displayName: 'Subdomain',
	name: 'subdomain',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. my-course',
	description: 'Subdomain of the members area, such as my-course for my-course.club.hotmart.com',
};
