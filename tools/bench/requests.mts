/** Requests that many items cost. */
import { number, table } from './measure.mts';
import { DEMO, demoCredentials, runNode, startEmulator } from './project.mts';
import type { Section, Settings } from './report.mts';
import type { IDataObject } from 'n8n-workflow';

const ITEMS = 1000;
const PAGE = 100;
const pages = (count: number) => Math.max(1, Math.ceil(count / PAGE));

export async function requests({ say }: Settings): Promise<Section[]> {
	const emulator = await startEmulator({
		hotmart: { rateLimitPerMinute: 1e6 },
		teachable: { rateLimitPerMinute: 1e6 },
	});
	const run = async (node: 'hotmart' | 'teachable', parameters: Record<string, any>, input: object[]) => {
		emulator.requests.length = 0;
		const items = input as IDataObject[];
		const { json, error } = await runNode({ node, parameters, credentials: demoCredentials(emulator), input: items });
		if (error) throw error;
		if (json.length !== input.length) throw new Error(`${json.length} results for ${input.length} items`);
		// Tokens are kept by n8n for hours.
		return emulator.requests.filter(({ path }) => path !== '/security/oauth/token').length;
	};

	try {
		say('1,000 cancellations');
		emulator.hotmart.seedSubscriptions(ITEMS);
		const all = { resource: 'subscription', operation: 'getAll', returnAll: true };
		const { json: subscriptions } = await runNode({
			node: 'hotmart',
			parameters: all,
			credentials: demoCredentials(emulator),
		});
		const codes = subscriptions.map(({ subscriberCode }) => ({ code: subscriberCode }));
		const cancel = {
			resource: 'subscription',
			operation: 'cancel',
			subscriberCode: '={{ $json.code }}',
			sendMail: false,
		};
		const canceled = await run('hotmart', cancel, codes.slice(0, ITEMS));

		const enroll = (courseId: number) => ({
			resource: 'enrollment',
			operation: 'enroll',
			email: '={{ $json.email }}',
			courseId: { __rl: true, mode: 'id', value: courseId },
		});
		const { teachable } = emulator;
		say('1,000 enrollments of new students');
		const news = Array.from({ length: ITEMS }, (_, index) => ({ email: `new${index}@example.com` }));
		const leastNew = pages(teachable.users.length) + 2 * ITEMS;
		const enrolledNew = await run('teachable', enroll(DEMO.courses.guitar), news);

		say('1,000 enrollments of known students');
		const inside = teachable.enrolledEmails(DEMO.courses.songwriting).length;
		const leastKnown = pages(teachable.users.length) + pages(inside) + ITEMS;
		const enrolledKnown = await run('teachable', enroll(DEMO.courses.songwriting), news);

		const row = (what: string, least: number, sent: number, against = 'the least that the API allows') => ({
			what: `requests for ${what}`,
			against,
			goal: number(least),
			result: number(sent),
			isMet: sent <= least,
		});
		return [
			{
				title: 'Requests',
				rows: [
					row('1,000 cancellations', ITEMS / 50, canceled, 'batches of 50'),
					row('1,000 enrollments of new students', leastNew, enrolledNew),
					row('1,000 enrollments of known students', leastKnown, enrolledKnown),
				],
				notes: [
					'These are the requests that arrive at the emulator, without the one for a token. The node cancels subscriptions in batches of 50; Hotmart documents no maximum. Teachable enrolls one person per request, and creates one user per request. The node finds the people in the list of users, which has 100 per request, and in the list of the students of the course. If the school has far more users than there are items, the node does not read these lists but searches for each person.',
					table(
						['work', 'this package', 'one call per item', 'times fewer'],
						(
							[
								['cancel 1,000 subscriptions', canceled, ITEMS],
								['enroll 1,000 new students: search, create, enroll', enrolledNew, 3 * ITEMS],
								['enroll 1,000 known students: search, look whether they are in, enroll', enrolledKnown, 3 * ITEMS],
							] as Array<[string, number, number]>
						).map(([work, ours, naive]) => [work, number(ours), number(naive), number(naive / ours, 1)]),
					),
				],
			},
		];
	} finally {
		await emulator.close();
	}
}
