/** The same, but it compares the hottok with that of a credential, which it reads every 5 seconds at most. */
const { TenLineTrigger } = require('./TenLineTrigger.node.js');
/** What each workflow has read, and how long it counts. */
const known = {};
exports.HottokTrigger = class extends TenLineTrigger {
	description = {
		...new TenLineTrigger().description,
		displayName: 'Hottok Trigger',
		name: 'hottokTrigger',
		credentials: [{ name: 'hotmartWebhookApi', required: true }],
	};
	async webhook() {
		const { id } = this.getWorkflow();
		if (known[id] === undefined || Date.now() > known[id].until) {
			const { webhookToken } = await this.getCredentials('hotmartWebhookApi');
			known[id] = { hottok: webhookToken, until: Date.now() + 5000 };
		}
		if (this.getHeaderData()['x-hotmart-hottok'] === known[id].hottok) return await super.webhook();
		this.getResponseObject().status(401).end();
		return { noWebhookResponse: true };
	}
};
