/** How near to the rate limit of Teachable a long run comes. */
import { number, table } from './measure.mts';
import { DEMO, demoCredentials, runNode, startEmulator } from './project.mts';
import type { Section, Settings } from './report.mts';

const ITEMS = 500;
const LIMIT = 100;
const MINUTE = 60_000;

/**
 * @param rateHeaders when the school says how many requests are left
 * @param window length of a window in milliseconds
 */
async function enrollAll(rateHeaders: 'all' | 'only429', window: number) {
	const emulator = await startEmulator({ teachable: { rateLimitPerMinute: LIMIT, rateWindowMs: window, rateHeaders } });
	try {
		const { teachable } = emulator;
		const emails = teachable.seedStudents(DEMO.courses.guitar, ITEMS);
		const parameters = {
			resource: 'enrollment',
			operation: 'enroll',
			email: '={{ $json.email }}',
			courseId: { __rl: true, mode: 'id', value: DEMO.courses.songwriting },
		};
		const started = performance.now();
		const { error } = await runNode({
			node: 'teachable',
			parameters,
			credentials: demoCredentials(emulator),
			input: emails.map((email) => ({ email })),
		});
		const millis = performance.now() - started;
		if (error) throw error;
		if (!emails.every((email) => teachable.isEnrolled(email, DEMO.courses.songwriting)))
			throw new Error('Somebody is not enrolled');
		const refused = emulator.count({ vendor: 'teachable', status: 429 });
		const sent = emulator.count({ vendor: 'teachable' }) - refused;
		// Nobody can be faster: the first window is free, and each later one begins when the one before has ended.
		const windows = Math.ceil(sent / LIMIT) - 1;
		return { millis, refused, sent, windows };
	} finally {
		await emulator.close();
	}
}

export async function limit({ quick, say }: Settings): Promise<Section[]> {
	// A quarter of the real window, so that this takes little more than a minute and not five.
	const window = quick ? 1000 : MINUTE / 4;
	say(`500 enrollments under ${LIMIT} requests in ${window / 1000} s`);
	const [all, only429] = await Promise.all([enrollAll('all', window), enrollAll('only429', window)]);
	const results = { 'on every answer': all, 'on a refusal only': only429 };
	type Taken = Awaited<ReturnType<typeof enrollAll>>;
	const scaled = ({ millis, windows }: Taken) => millis / (windows * window);
	const real = ({ millis, windows }: Taken) => (windows * MINUTE + (millis - windows * window)) / (windows * MINUTE);
	return [
		{
			title: 'The rate limit',
			rows: Object.entries(results).map(([headers, result]) => ({
				what: `500 enrollments under 100 a minute, told ${headers}`,
				against: 'the limit itself',
				goal: '≤ 1.05',
				result: `${number(scaled(result), 3)}, and ${number(real(result), 3)} with minutes`,
				isMet: scaled(result) <= 1.05,
			})),
			notes: [
				`500 known students are enrolled in a school that allows ${LIMIT} requests in ${window / 1000} seconds. That is a quarter of a minute, so the run takes little more than one minute and not five. The limit itself is the time of all windows before the last one. The rest of the run (requests, and waits in the whole seconds that Teachable asks for) does not shrink with the window, so with real minutes its share is a quarter of that.`,
				table(
					['the school tells its limit', 'requests', 'refused', 'windows to wait for', 'the limit, s', 'measured, s'],
					Object.entries(results).map(([headers, { sent, refused, windows, millis }]) => [
						headers,
						number(sent),
						number(refused),
						number(windows),
						number((windows * window) / 1000, 1),
						number(millis / 1000, 1),
					]),
				),
			],
		},
	];
}
