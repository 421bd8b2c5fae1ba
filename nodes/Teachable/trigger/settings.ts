import { UserError, type IDataObject } from 'n8n-workflow';

import { readRememberedEvents } from '../../shared/memory';
import { ALL_EVENTS } from './events';
import type { TeachableItem } from './item';

/** What the user has set on the trigger. */
export interface Settings {
	events: string[];
	/** Whether the API has to say the same before the workflow starts. */
	confirm: boolean;
	/** IDs. An empty list means all, also of products. */
	courses: string[];
	/** IDs and names in lower case. */
	products: string[];
	acceptTestEvents: boolean;
	skipDuplicates: boolean;
	/** How many events are remembered. */
	rememberedEvents: number;
}

/** Reads a parameter of the node; returns the fallback if the node does not have it. */
export type Param = (name: string, fallback: unknown) => unknown;

/** Filter fields by their labels: without them, more would pass than the user wants. */
const LABELS: Record<string, string> = {
	events: 'Events',
	confirm: 'Confirm with Teachable',
	filters: 'Filters',
	'filters.courses': 'Course Names or IDs',
	'filters.courseIds': 'Course IDs',
	'filters.products': 'Products',
};

const isNothing = (value: unknown) =>
	value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * Reads the settings of the node.
 *
 * @param parameters as they are stored, with their expressions
 * @throws UserError that names the field, for what can never match and for an expression that gives nothing; also n8n's own error
 * of an expression
 */
export function readSettings(parameters: IDataObject, param: Param): Settings {
	checkExpressions(parameters, param);
	const filters = (param('filters', {}) ?? {}) as IDataObject;
	const options = (param('options', {}) ?? {}) as IDataObject;
	return {
		events: readEvents(param),
		// What is no boolean must not switch the check off.
		confirm: param('confirm', true) !== false,
		courses: [...readIds('Course Names or IDs', filters.courses), ...readIds('Course IDs', filters.courseIds)],
		products: entriesOf(filters.products),
		acceptTestEvents: options.acceptTestEvents === true,
		skipDuplicates: options.skipDuplicates !== false,
		rememberedEvents: readRememberedEvents(options),
	};
}

function checkExpressions(parameters: IDataObject, param: Param): void {
	const filters = (parameters.filters ?? {}) as IDataObject;
	for (const [name, label] of Object.entries(LABELS)) {
		const [top, inner] = name.split('.');
		const stored = inner === undefined ? parameters[top!] : filters[inner];
		if (typeof stored === 'string' && stored.startsWith('=') && isNothing(param(name, '')))
			throw new UserError(`The expression of the field "${label}" gives nothing, so no event can pass. Check it.`);
	}
}

function readEvents(param: Param): string[] {
	const events = [param('events', [ALL_EVENTS])].flat().map((event) => String(event).trim());
	if (events.length === 0) throw new UserError('Choose the events, or All Events');
	for (const event of events)
		if (event !== ALL_EVENTS && !/^[A-Z][A-Za-z]*\.[a-z_]+$/.test(event))
			throw new UserError(
				`The field "Events" cannot match "${event}". Enter names such as Enrollment.created, or * for all.`,
			);
	return events;
}

/** The entries of a list: as an expression gives it, or as text with commas, semicolons or line breaks. */
const entriesOf = (value: unknown): string[] =>
	[value]
		.flat()
		.flatMap((entry) => String(entry ?? '').split(/[\n;,]/))
		.map((entry) => entry.normalize('NFC').trim().toLowerCase())
		.filter((entry) => entry !== '');

function readIds(label: string, value: unknown): string[] {
	const ids = entriesOf(value);
	for (const id of ids)
		if (!/^[1-9]\d*$/.test(id))
			throw new UserError(`The field "${label}" cannot match "${id}". Enter numbers such as 2966495.`);
	return ids;
}

/** Events about a person only. All others are about a course or a product, whether they name it or not. */
const PERSONAL = /^(User|UserTag|EmailLead)\./;

/**
 * Why an event does not start the workflow, or null when it does.
 *
 * @param isManual whether the editor listens: then test events count
 */
export function refusalOf(item: TeachableItem, settings: Settings, isManual: boolean): string | null {
	const { events, acceptTestEvents } = settings;
	if (!events.includes(ALL_EVENTS) && !events.includes(item.event)) return 'the workflow does not listen to this event';
	if (!item.live && !isManual && !acceptTestEvents) return 'a test event of Teachable';
	return passes(item, settings) ? null : 'the event does not pass the filters of the workflow';
}

/**
 * Whether an event passes the filters: of those that are set, each must match what the event names, and one at least must match
 * something. An event about a person only passes where it names neither course nor product.
 */
function passes({ event, course, product }: TeachableItem, { courses, products }: Settings): boolean {
	const named = { course: valuesOf(course?.id), product: valuesOf(product?.id, product?.name) };
	const answers = [matches(courses, named.course), matches(products, named.product)];
	if (courses.length + products.length === 0) return true;
	if (answers.includes(false)) return false;
	return answers.includes(true) || (PERSONAL.test(event) && named.course.length + named.product.length === 0);
}

const valuesOf = (...values: unknown[]): string[] =>
	values
		.filter((value) => value !== null && value !== undefined)
		.map((value) => String(value).normalize('NFC').trim().toLowerCase());

/** Null if the filter is not set, or if the event says nothing about it. */
const matches = (wanted: string[], values: string[]): boolean | null =>
	wanted.length === 0 || values.length === 0 ? null : values.some((value) => wanted.includes(value));
