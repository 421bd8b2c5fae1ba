/** The least that a trigger of a community package can be. Its version is 2, as n8n evaluates one expression more for every request to version 1 of a trigger: the ten lines are measured at their best. */
exports.TenLineTrigger = class {
	description = {
		displayName: 'Ten Line Trigger',
		name: 'tenLineTrigger',
		group: ['trigger'],
		version: 2,
		description: 'Starts the workflow',
		defaults: { name: 'Ten Line Trigger' },
		inputs: [],
		outputs: ['main'],
		properties: [],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
	};
	async webhook() {
		return { workflowData: [[{ json: this.getBodyData() }]] };
	}
};
