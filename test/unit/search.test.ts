import { sublimeSearch } from '@n8n/utils/dist/search/sublime-search';

import hotmart from '../../nodes/Hotmart/Hotmart.node.json';
import hotmartPollingTrigger from '../../nodes/Hotmart/HotmartPollingTrigger.node.json';
import hotmartTrigger from '../../nodes/Hotmart/HotmartTrigger.node.json';
import teachable from '../../nodes/Teachable/Teachable.node.json';
import teachableTrigger from '../../nodes/Teachable/TeachableTrigger.node.json';

/** The nodes as the search of n8n's node panel sees them. */
const NODES = [
	{ properties: { displayName: 'Hotmart', codex: hotmart } },
	{ properties: { displayName: 'Hotmart Polling Trigger', codex: hotmartPollingTrigger } },
	{ properties: { displayName: 'Hotmart Trigger', codex: hotmartTrigger } },
	{ properties: { displayName: 'Teachable', codex: teachable } },
	{ properties: { displayName: 'Teachable Trigger', codex: teachableTrigger } },
];

const found = (words: string) =>
	sublimeSearch(words, NODES, [
		{ key: 'properties.displayName', weight: 1.3 },
		{ key: 'properties.codex.alias', weight: 1 },
	]).map(({ item }) => item.properties.displayName);

describe('the search of the node panel', () => {
	test.each([
		...['cancel subscription', 'cancelar', 'refund', 'reembolso', 'coupon', 'cupom', 'sale', 'venda', 'purchase'],
		...['compra', 'boleto', 'pix', 'assinatura', 'suscripcion', 'membership', 'online course', 'payment link'],
	])('finds all Hotmart nodes by "%s"', (words) => {
		expect(found(words)).toEqual(expect.arrayContaining(['Hotmart', 'Hotmart Polling Trigger', 'Hotmart Trigger']));
	});

	test.each([
		...['enroll', 'unenroll', 'enrollment', 'matrícula', 'matricula', 'inscripción', 'inscripcion', 'online course'],
		...['membership', 'aluno', 'student', 'lms'],
	])('finds Teachable by "%s"', (words) => {
		expect(found(words)).toContain('Teachable');
	});

	test.each(['course completed', 'certificado', 'enrollment', 'aluno', 'student', 'lms', 'webhook', 'refund'])(
		'finds Teachable Trigger by "%s"',
		(words) => expect(found(words)).toContain('Teachable Trigger'),
	);

	test('finds nothing by a word of another field', () => {
		expect(found('kubernetes')).toEqual([]);
	});
});
