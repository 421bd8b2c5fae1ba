import { readTriggerSchema, TRIGGER_PREVIEWS } from '../operations/triggers';
import { NODES } from './n8n';

describe.each(['hotmartTrigger', 'hotmartPollingTrigger', 'teachableTrigger'] as const)(
	'the output preview of %s',
	(node) => {
		test('is what the trigger puts out (npm run docs)', async () => {
			const shipped = jest.requireActual<object>(`../../nodes/${TRIGGER_PREVIEWS[node]}`);
			// As text, because the editor shows the fields in this order
			expect(JSON.stringify(shipped)).toBe(JSON.stringify(await readTriggerSchema(node)));
		});

		test('stands where the editor asks for it, by the version of the node', () => {
			expect(TRIGGER_PREVIEWS[node]).toContain(`/__schema__/v${String(NODES[node]!.description.version)}.0.0.json`);
		});
	},
);

test('student, product and access come first, and extra fields only by choice', async () => {
	const { properties } = await readTriggerSchema('hotmartTrigger');
	const names = Object.keys(properties!);
	expect(names.slice(0, 3)).toEqual(['student', 'product', 'access']);
	expect(names).not.toContain('extra');
});
