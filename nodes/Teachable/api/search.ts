import {
	UserError,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodePropertyOptions,
} from 'n8n-workflow';

import { isRecord, path } from '../../shared/http';
import { connect } from './client';

type Entry = INodeListSearchResult['results'][number];
type Search = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** With a filter so many pages are looked through at a time. */
const PAGES = 5;

const matches = (filter = '') => {
	const wanted = filter.trim().toLowerCase();
	return ({ name, value }: Entry) => `${name} ${String(value)}`.toLowerCase().includes(wanted);
};

/** Reads pages of a list until one has entries that match: what Teachable's own filters match is not documented. */
async function search(
	context: ILoadOptionsFunctions,
	[address, key]: [address: string, key: string],
	toEntry: (record: IDataObject) => Entry,
	[filter, token]: [filter?: string, token?: string],
): Promise<INodeListSearchResult> {
	const { page } = connect(context);
	const results: Entry[] = [];
	let number = Number(token ?? 1);
	for (let read = 0; read < PAGES; read++) {
		const { records, isLast } = await page(address, key, number++);
		results.push(...records.map(toEntry).filter(matches(filter)));
		if (isLast) return { results };
		if (results.length > 0) break;
	}
	return { results, paginationToken: String(number) };
}

/** The ID that a field beside the one being searched has. */
function besides(context: ILoadOptionsFunctions, name: string, label: string): string {
	const field = context.getCurrentNodeParameter(name) as unknown;
	const value = String((isRecord(field) ? field.value : field) ?? '').trim();
	if (value === '') throw new UserError(`Choose a ${label} first: this list has what belongs to it.`);
	if (value.startsWith('='))
		throw new UserError(
			`The ${label} is an expression, so there is no list to choose from. Enter the ID here instead.`,
		);
	return value;
}

const courseEntry = ({ id, name, is_published: isPublished }: IDataObject): Entry => ({
	name: isPublished === false ? `${String(name)} (not published)` : String(name),
	value: Number(id),
});

const userEntry = ({ id, name, email }: IDataObject): Entry => ({
	name: name ? `${String(name)} <${String(email)}>` : String(email),
	value: Number(id),
});

const planEntry = ({ id, name, price, currency }: IDataObject): Entry => ({
	name: `${String(name)} – ${Number(price) / 100} ${String(currency)}`,
	value: Number(id),
});

const webhookEntry = ({ id, url, event_trigger: event }: IDataObject): Entry => ({
	name: `${String(url)} (${String(event)})`,
	value: Number(id),
});

/** A search of the attachments of one kind of the lecture beside. */
const ofLecture = (kind: string, label: string): Search =>
	async function (filter) {
		const address = path`/courses/${besides(this, 'courseId', 'Course')}/lectures/${besides(this, 'lectureId', 'Lecture')}`;
		const { lecture } = (await connect(this).request({ path: address })) as {
			lecture?: { name: string; attachments: IDataObject[] };
		};
		const entries = (lecture?.attachments ?? [])
			.filter((attachment) => attachment.kind === kind)
			.map(({ id, name, position }) => ({
				name: `${String(name ?? `${label} of ${lecture!.name}`)} (${String(position)})`,
				value: Number(id),
			}));
		return { results: entries.filter(matches(filter)) };
	};

/** Lists of the school for the editor's searchable fields. */
export const listSearch = {
	async searchCourses(...paging) {
		return await search(this, ['/courses', 'courses'], courseEntry, paging);
	},

	/** A filter that is an e-mail address is looked up by Teachable, other text in the pages read. */
	async searchUsers(filter, token) {
		if (filter?.includes('@')) {
			const records = await connect(this).list('/users', 'users', 100, { email: filter.trim() });
			const results = records.map(userEntry).filter(matches(filter));
			if (results.length > 0) return { results };
		}
		return await search(this, ['/users', 'users'], userEntry, [filter, token]);
	},

	async searchPlans(...paging) {
		return await search(this, ['/pricing_plans', 'pricing_plans'], planEntry, paging);
	},

	async searchWebhooks(...paging) {
		return await search(this, ['/webhooks', 'webhooks'], webhookEntry, paging);
	},

	/** Lectures by section and place: their names would cost a request each. */
	async searchLectures(filter) {
		const address = path`/courses/${besides(this, 'courseId', 'Course')}`;
		const { course } = (await connect(this).request({ path: address })) as {
			course?: { lecture_sections: IDataObject[] };
		};
		const byPosition = (a: IDataObject, b: IDataObject) => Number(a.position) - Number(b.position);
		const entries = [...(course?.lecture_sections ?? [])].sort(byPosition).flatMap(({ name, lectures }) =>
			[...(lectures as IDataObject[])].sort(byPosition).map(({ id, position, is_published: isPublished }) => ({
				name: `${String(name)}, lecture ${String(position)}${isPublished === false ? ' (not published)' : ''}`,
				value: Number(id),
			})),
		);
		return { results: entries.filter(matches(filter)) };
	},

	searchVideos: ofLecture('video', 'Video'),
	searchQuizzes: ofLecture('quiz', 'Quiz'),
} satisfies Record<string, Search>;

/** All courses of the school, for a field in which several can be chosen. */
export async function getCourses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const courses = await connect(this).list('/courses', 'courses', Infinity);
	return courses.map(courseEntry).map(({ name, value }) => ({ name, value: String(value) }));
}
