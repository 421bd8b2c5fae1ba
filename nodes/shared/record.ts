import type { IDataObject } from 'n8n-workflow';

/** Whether a value is an object with names, as JSON has it: no list, and not null. */
export const isRecord = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
