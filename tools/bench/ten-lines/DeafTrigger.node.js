/** Checks the hottok and wants nothing: the least that a trigger can do with an unwanted event. */
const { HottokTrigger } = require('./HottokTrigger.node.js');
exports.DeafTrigger = class extends HottokTrigger {
	description = { ...new HottokTrigger().description, displayName: 'Deaf Trigger', name: 'deafTrigger' };
	async webhook() {
		const { workflowData } = await super.webhook();
		if (workflowData) this.getResponseObject().status(200).end();
		return { noWebhookResponse: true };
	}
};
