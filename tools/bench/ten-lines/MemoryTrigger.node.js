/** The ten lines, but what came before is dropped. */
const { TenLineTrigger } = require('./TenLineTrigger.node.js');
exports.MemoryTrigger = class extends TenLineTrigger {
	description = { ...new TenLineTrigger().description, displayName: 'Memory Trigger', name: 'memoryTrigger' };
	async execute() {
		const [item] = this.getInputData();
		const answer = await this.helpers.checkProcessedAndRecord([item.json.id], 'node', {
			mode: 'entries',
			maxEntries: 2000,
		});
		return [answer.new.length > 0 ? [item] : []];
	}
};
