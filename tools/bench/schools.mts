/** What the sync of a big school takes: requests, minutes under the limits of the vendors, and memory. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { number, table } from './measure.mts';
import { startEmulator } from './project.mts';
import type { Section, Settings } from './report.mts';

const child = fileURLToPath(new URL('school-child.mts', import.meta.url));
const COURSES = 20;
const SIZES = [10_000, 100_000];
const CHANGES = [0, 1, 100];
const DAY = 86_400_000;

/** Requests per minute and rows per page of the vendors. */
const LIMIT = { hotmart: 500, teachable: 100 };
const PAGE = { hotmart: 500, teachable: 100 };

/** A product of Hotmart for each course, and each student in one of them. The first changes are new buyers, the others canceled. */
async function syncOf(students: number, changes: number) {
	const emulator = await startEmulator({
		hotmart: { rateLimitPerMinute: 1e9 },
		teachable: { rateLimitPerMinute: 1e9 },
	});
	try {
		const { hotmart, teachable } = emulator;
		const plan = { name: 'Monthly', period: 30, price: { value: 100, currency: 'BRL' } };
		const range = { from: Date.now() - 20 * DAY, to: Date.now() - 2 * DAY };
		const each = students / COURSES;
		const [news, gone] = [Math.ceil(changes / 2), Math.floor(changes / 2)];
		const rows = Array.from({ length: COURSES }, (_, index) => {
			const plans = [{ ...plan, id: 8_000_000 + index, code: `plan${index}` }];
			const product = hotmart.addProduct({ name: `Course ${index}`, plans });
			hotmart.seedSubscriptions(each, { ...range, productId: product.id });
			const course = teachable.addCourse({ name: `Course ${index}` });
			const emails = Array.from({ length: each }, (_unused, of) => emailAt(index * each + of));
			teachable.seedStudents(course.id, index === 0 ? emails.slice(news) : emails);
			return { value: String(product.id), course: course.id };
		});
		const left = Array.from({ length: gone }, (_, index) => `gone${index}@bulk.example.com`);
		if (gone > 0) teachable.seedStudents(rows[0]!.course, left);
		const users = teachable.users.length;
		emulator.requests.length = 0;
		const args = ['--import', 'tsx', child, JSON.stringify(rows)];
		const urls = [hotmart.url, hotmart.tokenUrl, teachable.url];
		const { stdout } = await promisify(execFile)(process.execPath, [...args, ...urls], { maxBuffer: 1e7 });
		const run: { peak: number; changed: number } = JSON.parse(stdout);
		if (run.changed !== changes) throw new Error(`${run.changed} changes instead of ${changes}`);
		const requests = {
			hotmart: emulator.requests.filter(({ path }) => path.startsWith('/payments/')).length,
			teachable: emulator.requests.filter(({ path }) => path.startsWith('/v1/')).length,
		};
		// Behind the 10,000th user only a page without users says that the list has ended (Teachable §1.6).
		const end = users >= 10_000 ? 1 : 0;
		const least = end + Math.ceil(users / PAGE.teachable) + COURSES * Math.ceil(each / PAGE.teachable);
		return { students, changes, requests, least, ...run };
	} finally {
		await emulator.close();
	}
}

/** As the emulator makes up its subscribers. */
const emailAt = (index: number) => `student${String(index).padStart(9, '0')}@bulk.example.com`;

export async function schools({ quick, say }: Settings): Promise<Section[]> {
	const runs = [];
	for (const students of quick ? [2000] : SIZES)
		for (const changes of CHANGES) {
			say(`${number(students)} students, ${changes} changes`);
			runs.push(await syncOf(students, changes));
		}
	const unchanged = runs.filter(({ changes }) => changes === 0);
	const minutes = (requests: number, limit: number) => number(requests / limit, 1);
	return [
		{
			title: 'Sync of a big school',
			rows: unchanged.map(({ students, requests, least }) => ({
				what: `Sync of ${number(students)} students without a change, requests to Teachable`,
				against: 'the pages of its lists',
				goal: '1',
				result: `${number(requests.teachable / least, 2)} (${number(requests.teachable)} of ${number(least)})`,
				isMet: requests.teachable === least,
			})),
			notes: [
				`*Access: Get Many* of ${COURSES} products, and *Set Students* of their ${COURSES} courses with a table. Each student has a subscription and is in one course. Half of the changes are new buyers, the others are students whom Hotmart does not know. The emulator has no rate limit here: the minutes are the requests by the limits of Hotmart (${LIMIT.hotmart} per minute) and Teachable (${LIMIT.teachable} per minute), if nothing else asks. The memory is the largest size of a process with n8n-core and a TypeScript compiler in it; n8n itself takes more, and a copy of the items for each node while it saves an execution.`,
				table(
					[
						'students',
						'changes',
						'requests to Hotmart',
						'minutes',
						'requests to Teachable',
						'least',
						'minutes',
						'peak, MB',
					],
					runs.map(({ students, changes, requests, least, peak }) => [
						number(students),
						number(changes),
						number(requests.hotmart),
						minutes(requests.hotmart, LIMIT.hotmart),
						number(requests.teachable),
						number(least),
						minutes(requests.teachable, LIMIT.teachable),
						number(peak / 1e6),
					]),
				),
			],
		},
	];
}
