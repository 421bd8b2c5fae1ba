/** Both, which cannot be left out for money. */
const { HottokTrigger } = require('./HottokTrigger.node.js');
const { MemoryTrigger } = require('./MemoryTrigger.node.js');
exports.CarefulTrigger = class extends HottokTrigger {
	description = { ...new HottokTrigger().description, displayName: 'Careful Trigger', name: 'carefulTrigger' };
	execute = MemoryTrigger.prototype.execute;
};
