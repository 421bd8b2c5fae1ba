import { DataDeduplicationService } from 'n8n-core';

import { startEmulator } from '../emulator';
import { DEMO } from '../emulator/seed';
import type { Emulator } from '../emulator/types';
import { Deduplicator } from '../nodes/n8n';
import { hostPolling } from '../nodes/polling-host';
import { demoCredentials } from '../nodes/setup';
import { hostTrigger } from '../nodes/trigger-host';
import { inOrder, schemaOf, type Schema } from './schema';

const HOUR = 3_600_000;

const MIA = { email: 'mia@example.com', name: 'Mia' };

/** Makes things happen that together fill every part of an item, in the order in which a person meets them. */
async function liveHotmart({ hotmart, clock }: Emulator) {
	const { guitar } = DEMO.products;
	const { monthly, annual } = DEMO.plans;
	// An hour before the switch, so that the difference to pay is never a whole number, however fast the machine is
	clock.advance(-HOUR);
	const { subscriberCode, transaction } = await hotmart.buy({ ...MIA, productId: guitar, planId: monthly });
	clock.advance(HOUR);
	await hotmart.switchPlan(subscriberCode!, annual);
	await hotmart.cancel(subscriberCode!);
	await hotmart.refund(transaction);
	await hotmart.printBillet({ ...MIA, productId: guitar });
}

async function liveTeachable({ teachable }: Emulator) {
	const { guitar } = DEMO.courses;
	const pricingPlanId = teachable.pricingPlans.find(({ price }) => price > 0)!.id;
	const { transactionId } = await teachable.buy({ ...MIA, pricingPlanId });
	await teachable.enroll(MIA.email, guitar);
	await teachable.completeLecture(MIA.email, guitar);
	await teachable.refund(transactionId!);
}

const LIVES = { hotmartTrigger: liveHotmart, teachableTrigger: liveTeachable };

/** What a webhook trigger puts out when a vendor's account is lived in. */
async function deliver(emulator: Emulator, node: 'hotmartTrigger' | 'teachableTrigger') {
	const host = await hostTrigger(demoCredentials(emulator), {}, node);
	// Nothing is remembered in a test in the editor, so no database is needed
	host.mode = 'manual';
	emulator.hotmart.registerWebhook({ url: host.url });
	emulator.teachable.registerWebhook({ url: `${host.url}?secret=${DEMO.teachable.webhookUrlEnd}` });
	await LIVES[node](emulator);
	await host.close();
	if (host.errors.length > 0) throw new Error(`${node}: ${host.errors.join()}`);
	return host.items();
}

/** What the polling trigger puts out likewise. */
async function look(emulator: Emulator) {
	await DataDeduplicationService.init(new Deduplicator());
	const host = hostPolling(demoCredentials(emulator));
	await host.poll();
	await liveHotmart(emulator);
	await host.poll();
	return host.items;
}

/** Addresses of the previews below `nodes/`, where n8n looks for that of a trigger: by the version of the node alone. */
export const TRIGGER_PREVIEWS = {
	hotmartTrigger: 'Hotmart/__schema__/v2.0.0.json',
	hotmartPollingTrigger: 'Hotmart/__schema__/v1.0.0.json',
	teachableTrigger: 'Teachable/__schema__/v2.0.0.json',
} as const;

/** What a trigger puts out with its settings as they are when it is added. */
export async function readTriggerSchema(node: keyof typeof TRIGGER_PREVIEWS): Promise<Schema> {
	const emulator = await startEmulator({ teachable: { rateLimitPerMinute: 10_000 } });
	const items = await (node === 'hotmartPollingTrigger' ? look(emulator) : deliver(emulator, node));
	await emulator.close();
	if (items.length < 4) throw new Error(`${node} put out ${items.length} items`);
	return { ...schemaOf(items, inOrder), version: 1 };
}
