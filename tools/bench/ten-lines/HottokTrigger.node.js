/** The same, but it compares the hottok with that of a credential. */
const { TenLineTrigger } = require('./TenLineTrigger.node.js');
exports.HottokTrigger = class extends TenLineTrigger {
	description = {
		...new TenLineTrigger().description,
		displayName: 'Hottok Trigger',
		name: 'hottokTrigger',
		credentials: [{ name: 'hotmartWebhookApi', required: true }],
	};
	async webhook() {
		const { webhookToken } = await this.getCredentials('hotmartWebhookApi');
		if (this.getHeaderData()['x-hotmart-hottok'] === webhookToken) return await super.webhook();
		this.getResponseObject().status(401).end();
		return { noWebhookResponse: true };
	}
};
