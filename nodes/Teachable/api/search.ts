import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';

import { asIs } from '../../shared/client';
import { asNumber, asText } from '../../shared/reader';
import {
	besides,
	demandCredential,
	demandEntries,
	distinct,
	labelOf,
	matches,
	priceOf,
	searchPages,
	type Entry,
	type Search,
} from '../../shared/search';
import { addresses } from './addresses';
import { connect, type TeachableClient } from './client';
import { courseLabel, NOT_PUBLISHED } from './courseLabel';
import { asMoney } from './money';
import { withoutUrlSecret } from './webhookUrl';

/** Connects to the school from which a list comes. @throws UserError when the node has no credential */
function open(context: ILoadOptionsFunctions): TeachableClient {
	demandCredential(context, 'teachableApi', 'Teachable API');
	return connect(context);
}

/**
 * Shows a list of the school. What Teachable's own filters match is not documented. `whenEmpty`: why there may be nothing to
 * choose.
 */
async function search(
	context: ILoadOptionsFunctions,
	{ path, whenEmpty }: { path: string; whenEmpty: string },
	toEntry: (record: IDataObject) => Entry,
	paging: [filter?: string, token?: string],
): Promise<INodeListSearchResult> {
	const { page } = open(context);
	const readPage = async (token = '1') => {
		const { records, isLast } = await page({ path }, Number(token));
		return { records, next: isLast ? undefined : String(Number(token) + 1) };
	};
	return await searchPages(readPage, toEntry, paging, whenEmpty);
}

const courseEntry = (course: IDataObject): Entry => ({ name: courseLabel(course), value: Number(course.id) });

const userEntry = ({ id, name, email }: IDataObject): Entry => ({
	name: labelOf(asText(name), asText(email)) || `User ${String(id)}`,
	value: Number(id),
});

const planEntry = ({ id, name, price, currency }: IDataObject): Entry => {
	const money = asMoney(asNumber(price), asText(currency));
	return {
		name: labelOf(asText(name) ?? `Pricing plan ${String(id)}`, money && priceOf(money.value, money.currency ?? '')),
		value: Number(id),
	};
};

/** Begins with the event, because the addresses of one n8n begin alike. */
const webhookEntry = ({ id, url, event_trigger: event, workflow_state: state }: IDataObject): Entry => ({
	name: labelOf(
		event === 'all' ? 'All events' : asText(event),
		withoutUrlSecret(url),
		state === 'verified' ? '' : asText(state),
	),
	value: Number(id),
});

/** A search for attachments of one kind in the chosen lecture. */
const ofLecture = (kind: string, label: string): Search =>
	async function (filter) {
		const address = addresses.lecture(besides(this, 'courseId', 'Course'), besides(this, 'lectureId', 'Lecture'));
		const { lecture } = (await open(this).request({ path: address })) as {
			lecture?: { name: string; attachments: IDataObject[] };
		};
		const entries = (lecture?.attachments ?? [])
			.filter((attachment) => attachment.kind === kind)
			.map(({ id, name, position }) => ({
				name: labelOf(asText(name) ?? `${label} of ${lecture!.name}`, `Attachment ${String(position)}`),
				value: Number(id),
			}));
		demandEntries(entries, [filter], `This lecture has no ${label.toLowerCase()}.`);
		return { results: distinct(entries).filter(matches(filter)) };
	};

/** Lists of the school for the editor's searchable fields. */
export const listSearch = {
	async searchCourses(...paging) {
		return await search(
			this,
			{ path: addresses.courses, whenEmpty: 'This school has no courses yet.' },
			courseEntry,
			paging,
		);
	},

	/** A filter that is an e-mail address is looked up by Teachable, other text in the pages read. */
	async searchUsers(filter, token) {
		if (filter?.includes('@')) {
			const records = await open(this).list(
				{ path: addresses.users, query: { email: filter.trim() } },
				{ limit: 100, read: asIs },
			);
			const results = distinct(records.map(userEntry)).filter(matches(filter));
			if (results.length > 0) return { results };
		}
		const list = { path: addresses.users, whenEmpty: 'This school has no users yet.' };
		return await search(this, list, userEntry, [filter, token]);
	},

	async searchPlans(...paging) {
		const list = { path: addresses.pricingPlans, whenEmpty: 'The courses of this school have no pricing plans.' };
		return await search(this, list, planEntry, paging);
	},

	async searchWebhooks(...paging) {
		const whenEmpty = 'This school has no webhooks. Add one in Teachable under Settings > Webhooks.';
		return await search(this, { path: addresses.webhooks, whenEmpty }, webhookEntry, paging);
	},

	/** Lectures by section and position: their names would cost one request each. */
	async searchLectures(filter) {
		const address = addresses.course(besides(this, 'courseId', 'Course'));
		const { course } = (await open(this).request({ path: address })) as {
			course?: { lecture_sections: IDataObject[] };
		};
		const byPosition = (a: IDataObject, b: IDataObject) => Number(a.position) - Number(b.position);
		const entries = [...(course?.lecture_sections ?? [])].sort(byPosition).flatMap(({ name, lectures }) =>
			[...(lectures as IDataObject[])].sort(byPosition).map(({ id, position, is_published: isPublished }) => ({
				name: labelOf(asText(name), `Lecture ${String(position)}`, isPublished === false ? NOT_PUBLISHED : ''),
				value: Number(id),
			})),
		);
		demandEntries(entries, [filter], 'This course has no lectures yet.');
		return { results: distinct(entries).filter(matches(filter)) };
	},

	searchVideos: ofLecture('video', 'Video'),
	searchQuizzes: ofLecture('quiz', 'Quiz'),
} satisfies Record<string, Search>;

/** All courses, for a field that takes several. */
export async function getCourses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	// The field says what it needs. An error would greet a user who has just added the node.
	if (!this.getNode().credentials?.teachableApi) return [];
	return distinct(await connect(this).list({ path: addresses.courses }, { limit: Infinity, read: courseEntry }));
}
