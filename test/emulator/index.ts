import { createHotmart } from './hotmart';
import { createPage } from './page';
import { createCore } from './shared/core';
import { createTeachable } from './teachable';
import type { Emulator, EmulatorOptions } from './types';

export { FAULTS } from './shared/faults';
export { DEMO } from './seed';
export type * from './types';
export type * from './hotmart/types';

const host = '127.0.0.1';

/**
 * Starts Hotmart, Teachable and the dashboard page on three ports of 127.0.0.1.
 * Rejects with the listener's error (`code` EADDRINUSE, `port`) when a given port is in use; nothing is left running then.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
	const { ports = {}, seed = 'demo' } = options;
	const core = createCore();
	const hotmart = createHotmart(core, options.hotmart ?? {}, seed);
	const teachable = createTeachable(core, options.teachable ?? {}, seed);
	const parts = { core, hotmart, teachable };

	const emulator: Emulator = {
		hotmart: Object.assign(hotmart.account, { url: '', tokenUrl: '' }),
		teachable: Object.assign(teachable.school, { url: '' }),
		page: { url: '' },
		mailServer: options.mailServer,
		n8nUrl: options.n8nUrl,
		connection: options.connection ?? {},
		mails: core.mails,
		clock: core.clock,
		requests: core.requests,
		count: core.count,
		fail: core.fail,
		chaos: core.chaos,
		reset: () => Object.values(parts).forEach((part) => part.reset()),
		snapshot: () => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.snapshot()])),
		restore: (snapshot) => {
			const states = snapshot as Record<string, unknown>;
			Object.entries(parts).forEach(([name, part]) => part.restore(states[name]));
		},
		close: async () => {
			await Promise.all([hotmart.app.close(), teachable.app.close(), page.close()]);
			await Promise.all([hotmart.stop?.(), teachable.stop?.()]);
		},
	};
	const page = createPage(emulator);

	const listen = async () => {
		const origin = await hotmart.app.listen({ host, port: ports.hotmart ?? 0 });
		Object.assign(emulator.hotmart, { url: origin, tokenUrl: `${origin}/security/oauth/token` });
		emulator.teachable.url = `${await teachable.app.listen({ host, port: ports.teachable ?? 0 })}/v1`;
		emulator.page.url = await page.listen({ host, port: ports.page ?? 0 });
		return emulator;
	};
	return await listen().catch(async (error: unknown) => {
		await emulator.close();
		return await Promise.reject(error);
	});
}
