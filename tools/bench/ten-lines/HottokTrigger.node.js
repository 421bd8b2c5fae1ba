/** The same, but it compares the hottok with that of a credential, which it reads every 5 seconds at most. */
const { TenLineTrigger } = require('./TenLineTrigger.node.js');
const known = { hottok: '', until: 0 };
exports.HottokTrigger = class extends TenLineTrigger {
	description = {
		...new TenLineTrigger().description,
		displayName: 'Hottok Trigger',
		name: 'hottokTrigger',
		credentials: [{ name: 'hotmartWebhookApi', required: true }],
	};
	async webhook() {
		if (Date.now() > known.until) {
			const { webhookToken } = await this.getCredentials('hotmartWebhookApi');
			Object.assign(known, { hottok: webhookToken, until: Date.now() + 5000 });
		}
		if (this.getHeaderData()['x-hotmart-hottok'] === known.hottok) return await super.webhook();
		this.getResponseObject().status(401).end();
		return { noWebhookResponse: true };
	}
};
