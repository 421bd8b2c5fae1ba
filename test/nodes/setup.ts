import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { startEmulator } from '../emulator';
import { DEMO } from '../emulator/seed';
import type { Emulator, EmulatorOptions } from '../emulator/types';
import { CredentialStore } from './n8n';

/** An emulator that lives as long as the tests of a file and is reset before each of them. */
export function useEmulator(options?: EmulatorOptions): () => Emulator {
	let emulator: Emulator;
	beforeAll(async () => {
		emulator = await startEmulator(options);
	});
	beforeEach(() => emulator.reset());
	afterAll(async () => await emulator.close());
	return () => emulator;
}

/** Credentials of the emulator's demo account, with changes by credential type. */
export function demoCredentials(
	emulator: Emulator,
	changes: Record<string, ICredentialDataDecryptedObject> = {},
): CredentialStore {
	const { clientId, clientSecret, hottok } = DEMO.hotmart;
	return new CredentialStore({
		hotmartApi: {
			clientId,
			clientSecret,
			environment: 'custom',
			apiUrl: emulator.hotmart.url,
			tokenUrl: emulator.hotmart.tokenUrl,
			...changes.hotmartApi,
		},
		hotmartWebhookApi: { webhookToken: hottok, ...changes.hotmartWebhookApi },
		teachableWebhookApi: { webhookSecret: DEMO.teachable.webhookUrlEnd, ...changes.teachableWebhookApi },
		teachableApi: { apiKey: DEMO.teachable.apiKey, apiUrl: emulator.teachable.url, ...changes.teachableApi },
	});
}

/* eslint-disable @n8n/community-nodes/no-restricted-globals -- the rule is for nodes; here the clock itself is replaced */
/** Runs something while every wait of this process is a hundred times shorter, such as those for the end of an outage. */
export async function hurry<T>(run: () => Promise<T>): Promise<T> {
	const real = globalThis.setTimeout;
	const quick = (callback: () => void, millis = 0, ...values: unknown[]) => real(callback, millis / 100, ...values);
	globalThis.setTimeout = Object.assign(quick, real) as typeof setTimeout;
	try {
		return await run();
	} finally {
		globalThis.setTimeout = real;
	}
}
