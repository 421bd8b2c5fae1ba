import { DEMO } from '../emulator/seed';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 } });

const { guitar, concert } = DEMO.products;
const subdomain = 'guitar-from-zero';

const node = (resource: string, operation: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource, operation, ...parameters },
	credentials: demoCredentials(emulator()),
});
const chosen = (value: string | number) => ({ __rl: true, mode: 'list', value });
const hints = ({ run }: Awaited<ReturnType<typeof runNode>>) =>
	run.data.resultData.runData.Hotmart?.[0]?.hints?.map(({ message }) => message) ?? [];

describe('Members Area', () => {
	test.each([
		['all', ['First chords', 'Rhythm', 'Song book']],
		['main', ['First chords', 'Rhythm']],
		['extra', ['Song book']],
	])('Get Modules: %s', async (modules, names) => {
		const { json } = await runNode(node('membersArea', 'getModules', { subdomain, modules }));
		expect(json.map(({ name }) => name)).toEqual(names);
	});

	test('Get Pages of a module', async () => {
		const { json } = await runNode(
			node('membersArea', 'getPages', { productId: chosen(guitar), moduleId: '2Z7RAMXEJW' }),
		);
		expect(json.map(({ name }) => name)).toEqual(['How to hold the guitar', 'Three chords']);
		const { error } = await runNode(node('membersArea', 'getPages', { productId: chosen(guitar), moduleId: 'NONE' }));
		expect(error?.message).toMatch(/Module NONE not found/);
	});

	test('Get Students, then the progress of one', async () => {
		const { hotmart } = emulator();
		await hotmart.buy({ email: 'ana@example.com', productId: guitar });
		await hotmart.buy({ email: 'bia@example.com', productId: guitar });
		await hotmart.firstAccess('ana@example.com', guitar);
		await hotmart.completeModule('ana@example.com', guitar);
		const students = await runNode(node('membersArea', 'getStudents', { subdomain, filters: { email: 'ana@' } }));
		expect(students.json).toEqual([
			expect.objectContaining({
				email: 'ana@example.com',
				role: 'STUDENT',
				progressPercentage: 50,
				lastAccessAt: expect.stringMatching(/Z$/),
			}),
		]);
		const { userId } = students.json[0]!;
		const progress = await runNode(node('membersArea', 'getStudentProgress', { subdomain, userId }));
		expect(progress.json.map(({ is_completed: isCompleted }) => isCompleted)).toEqual([true, true, false, false]);
		expect(progress.json[0]!.completed_date).toMatch(/Z$/);
		const { error } = await runNode(node('membersArea', 'getStudentProgress', { subdomain, userId: 'NOBODY' }));
		expect(error?.message).toMatch(/User NOBODY not found/);
	});

	test('nobody is there yet', async () => {
		const outcome = await runNode(node('membersArea', 'getStudents', { subdomain }));
		expect(outcome.json).toEqual([]);
		expect(hints(outcome)).toEqual(['This members area has no students yet.']);
	});
});

describe('Event', () => {
	test('Get', async () => {
		const { json } = await runNode(node('event', 'get', { eventId: chosen(concert) }));
		expect(json).toMatchObject([{ start_event_date: '2027-05-14T22:00:00.000Z', lots: [{ id: 90210 }] }]);
	});

	test('Get Participants, filtered', async () => {
		await emulator().hotmart.buy({ email: 'ana@example.com', productId: concert });
		await emulator().hotmart.buy({ email: 'bia@example.com', productId: concert });
		const filters = {
			buyerEmail: 'bia@example.com',
			ticketStatus: 'SOLD',
			checkinStatus: 'ALL',
			updatedAfter: '2020-01-01',
		};
		const { json } = await runNode(node('event', 'getParticipants', { eventId: chosen(concert), filters }));
		expect(json).toMatchObject([{ buyerEmail: 'bia@example.com', ticketStatus: 'SOLD', participantName: null }]);
		const empty = await runNode(
			node('event', 'getParticipants', { eventId: chosen(concert), filters: { ticketType: 'FREE' } }),
		);
		expect(hints(empty)).toEqual(['No participants match all filters (Ticket Type). Remove or widen one of them.']);
	});

	test.each(['get', 'getParticipants'])('%s of a product that is no event', async (operation) => {
		const { error } = await runNode(node('event', operation, { eventId: chosen(guitar) }));
		expect(error?.httpCode).toBe('404');
	});
});

describe('Account', () => {
	test('Get, whole or in part', async () => {
		const whole = await runNode(node('account', 'get'));
		expect(whole.json).toMatchObject([{ email: 'owner@school.example.com', currency_code_commission: 'BRL' }]);
		const part = await runNode(node('account', 'get', { options: { select: 'address.city' } }));
		expect(part.json).toEqual([{ address: { city: 'São Paulo' } }]);
		const none = await runNode(node('account', 'get', { options: { select: 'nothing' } }));
		expect(none.error?.message).toMatch(/none of the fields nothing/);
	});
});
