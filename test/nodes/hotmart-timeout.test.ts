import { runNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator();

// As long as the node waits for an answer: longer than the 30 s after which Hotmart gives up itself.
test('a write that is not answered in time is not repeated, and the error says so', async () => {
	const path = '/payments/api/v1/subscriptions/cancel';
	emulator().fail({ path, kind: 'hang' });
	const { error } = await runNode({
		node: 'hotmart',
		parameters: { resource: 'subscription', operation: 'cancel', subscriberCode: 'AB12CD34', sendMail: true },
		credentials: demoCredentials(emulator()),
	});
	expect(error?.message).toMatch(/may or may not have been made \(no answer in time\)/);
	expect(emulator().count({ path })).toBe(1);
}, 90_000);
