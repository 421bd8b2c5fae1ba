import { startEmulator } from '../emulator';
import { DEMO } from '../emulator/seed';
import type { Emulator } from '../emulator/types';
import { demoCredentials } from '../nodes/setup';
import { hostTrigger } from '../nodes/trigger-host';
import { inOrder, schemaOf, type Schema } from './schema';

const MIA = { email: 'mia@example.com', name: 'Mia' };

/** Makes things happen that together fill every part of an item, in the order in which a person meets them. */
const LIVES = {
	async hotmartTrigger({ hotmart }: Emulator, url: string) {
		hotmart.registerWebhook({ url });
		const { guitar } = DEMO.products;
		const { monthly, annual } = DEMO.plans;
		const { subscriberCode, transaction } = await hotmart.buy({ ...MIA, productId: guitar, planId: monthly });
		await hotmart.switchPlan(subscriberCode!, annual);
		await hotmart.cancel(subscriberCode!);
		await hotmart.refund(transaction);
		await hotmart.printBillet({ ...MIA, productId: guitar });
	},
	async teachableTrigger({ teachable }: Emulator, url: string) {
		teachable.registerWebhook({ url: `${url}?secret=${DEMO.teachable.webhookUrlEnd}` });
		const { guitar } = DEMO.courses;
		const pricingPlanId = teachable.pricingPlans.find(({ price }) => price > 0)!.id;
		const { transactionId } = await teachable.buy({ ...MIA, pricingPlanId });
		await teachable.enroll(MIA.email, guitar);
		await teachable.completeLecture(MIA.email, guitar);
		await teachable.refund(transactionId!);
	},
};

/** Addresses of the previews below `nodes/`, where n8n looks for that of a trigger: by the version of the node alone. */
export const TRIGGER_PREVIEWS = {
	hotmartTrigger: 'Hotmart/__schema__/v2.0.0.json',
	teachableTrigger: 'Teachable/__schema__/v2.0.0.json',
} as const;

/** What a webhook trigger puts out with its settings as they are when it is added. */
export async function readTriggerSchema(node: keyof typeof TRIGGER_PREVIEWS): Promise<Schema> {
	const emulator = await startEmulator({ teachable: { rateLimitPerMinute: 10_000 } });
	const host = await hostTrigger(demoCredentials(emulator), {}, node);
	// Nothing is remembered in a test in the editor, so no database is needed
	host.mode = 'manual';
	await LIVES[node](emulator, host.url);
	const items = host.items();
	await Promise.all([host.close(), emulator.close()]);
	if (items.length < 4) throw new Error(`${node} put out ${items.length} items: ${host.errors.join()}`);
	return { ...schemaOf(items, inOrder), version: 1 };
}
