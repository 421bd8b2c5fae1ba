import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';

import { asIs } from '../../shared/client';
import { besides, matches, searchPages, type Entry, type Search } from '../../shared/search';
import { addresses } from './addresses';
import { connect } from './client';
import { withoutUrlSecret } from './webhookUrl';

/** Shows a list of the school. What Teachable's own filters match is not documented. */
async function search(
	context: ILoadOptionsFunctions,
	path: string,
	toEntry: (record: IDataObject) => Entry,
	paging: [filter?: string, token?: string],
): Promise<INodeListSearchResult> {
	const { page } = connect(context);
	const readPage = async (token = '1') => {
		const { records, isLast } = await page({ path }, Number(token));
		return { records, next: isLast ? undefined : String(Number(token) + 1) };
	};
	return await searchPages(readPage, toEntry, paging);
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
	name: `${withoutUrlSecret(url)} (${String(event)})`,
	value: Number(id),
});

/** A search for attachments of one kind in the chosen lecture. */
const ofLecture = (kind: string, label: string): Search =>
	async function (filter) {
		const address = addresses.lecture(besides(this, 'courseId', 'Course'), besides(this, 'lectureId', 'Lecture'));
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
		return await search(this, addresses.courses, courseEntry, paging);
	},

	/** A filter that is an e-mail address is looked up by Teachable, other text in the pages read. */
	async searchUsers(filter, token) {
		if (filter?.includes('@')) {
			const records = await connect(this).list(
				{ path: addresses.users, query: { email: filter.trim() } },
				{ limit: 100, read: asIs },
			);
			const results = records.map(userEntry).filter(matches(filter));
			if (results.length > 0) return { results };
		}
		return await search(this, addresses.users, userEntry, [filter, token]);
	},

	async searchPlans(...paging) {
		return await search(this, addresses.pricingPlans, planEntry, paging);
	},

	async searchWebhooks(...paging) {
		return await search(this, addresses.webhooks, webhookEntry, paging);
	},

	/** Lectures by section and position: their names would cost one request each. */
	async searchLectures(filter) {
		const address = addresses.course(besides(this, 'courseId', 'Course'));
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

/** All courses, for a field that takes several. */
export async function getCourses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	// The field says what it needs. An error would greet a user who has just added the node.
	if (!this.getNode().credentials?.teachableApi) return [];
	return await connect(this).list({ path: addresses.courses }, { limit: Infinity, read: courseEntry });
}
