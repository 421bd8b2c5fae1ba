import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import ts from 'typescript';

import { HotmartApi } from '../../credentials/HotmartApi.credentials';
import { HotmartWebhookApi } from '../../credentials/HotmartWebhookApi.credentials';
import { TeachableApi } from '../../credentials/TeachableApi.credentials';
import { TeachableWebhookApi } from '../../credentials/TeachableWebhookApi.credentials';
import { Hotmart } from '../../nodes/Hotmart/Hotmart.node';
import { HotmartPollingTrigger } from '../../nodes/Hotmart/HotmartPollingTrigger.node';
import { HotmartTrigger } from '../../nodes/Hotmart/HotmartTrigger.node';
import { Teachable } from '../../nodes/Teachable/Teachable.node';
import { TeachableTrigger } from '../../nodes/Teachable/TeachableTrigger.node';
import { filesIn, read } from './titles';

/** Words that make a native speaker stumble, or that are not American, with what to write instead. */
const STUMBLING: Array<[RegExp, string]> = [
	[/\bwho(m)?ever\b/i, 'the person who, anyone who'],
	[/\bone (item|row|request|entry|line|call|event) an? \w/i, 'one … per …'],
	[/\btold to\b/i, 'sent to, or say who tells what'],
	[/\b(can |may |must |what )stands?\b/i, 'be, or keep'],
	[/\bin those days\b/i, 'meanwhile'],
	[/\bto be on the safe side\b/i, 'to be safe'],
	[/\blikewise\b/i, 'in the same way'],
	[
		// cspell:disable-next-line
		/\b(enrol|enrols|cancelled|cancelling|instalments?|behaviour|colour|favour|licence|catalogue|grey|centre)\b/,
		'the American spelling',
	],
];

const stumblesIn = (text: string) =>
	STUMBLING.flatMap(([pattern, better]) => (pattern.test(text) ? [`${text.slice(0, 120)} → ${better}`] : []));

interface Text {
	/** Where it is, such as Teachable > Course > description. */
	at: string;
	text: string;
}

type Field = INodeProperties | INodePropertyOptions;

/** All descriptions of fields and of their options, however deep they are. */
function descriptionsOf(at: string, fields: Field[]): Text[] {
	return fields.flatMap((field) => {
		const name = `${at} > ${'displayName' in field ? field.displayName : field.name}`;
		const inner = [
			...(('options' in field ? field.options : undefined) ?? []),
			...((('values' in field ? field.values : undefined) ?? ([] as unknown)) as Field[]),
		] as Field[];
		const own = [field.description, 'hint' in field ? field.hint : undefined].filter((text) => text !== undefined);
		return [...own.map((text) => ({ at: name, text: text! })), ...descriptionsOf(name, inner)];
	});
}

const NODES: Array<{ description: INodeTypeDescription }> = [
	new Hotmart(),
	new HotmartPollingTrigger(),
	new HotmartTrigger(),
	new Teachable(),
	new TeachableTrigger(),
];
const CREDENTIALS = [new HotmartApi(), new HotmartWebhookApi(), new TeachableApi(), new TeachableWebhookApi()];
const DESCRIPTIONS = [
	...NODES.flatMap(({ description }) => [
		{ at: description.displayName, text: description.description },
		...descriptionsOf(description.displayName, description.properties),
	]),
	...CREDENTIALS.flatMap(({ displayName, properties }) => descriptionsOf(displayName, properties)),
];
/** n8n's fixed sentence for fields with a list, which its linter demands. */
const LIST_OR_EXPRESSION = 'Choose from the list, or specify IDs using an expression';
const visible = (text: string) => text.replaceAll(/<[^>]+>/g, '');

describe('descriptions in the editor', () => {
	test('were found', () => expect(DESCRIPTIONS.length).toBeGreaterThan(200));

	test('have at most 160 characters', () => {
		const long = DESCRIPTIONS.filter(({ text }) => visible(text).length > 160);
		expect(long.map(({ at, text }) => `${at} (${visible(text).length}): ${text}`)).toEqual([]);
	});

	test('are one sentence each', () => {
		const several = DESCRIPTIONS.filter(({ text }) =>
			/(?<!e\.g|i\.e|vs)[.!?]\s+[A-Z]/.test(visible(text).replace(LIST_OR_EXPRESSION, '')),
		);
		expect(several.map(({ at, text }) => `${at}: ${text}`)).toEqual([]);
	});
});

/** The operations of the two nodes, as Hotmart > sale > refund, with their description and their notices. */
const OPERATIONS = [new Hotmart(), new Teachable()].flatMap(({ description: { displayName, properties } }) => {
	const shownIn = (field: INodeProperties, resource: string, operation?: string) => {
		const show = field.displayOptions?.show ?? {};
		return show.resource?.includes(resource) && (operation === undefined || show.operation?.includes(operation));
	};
	const lists = properties.filter(({ name }) => name === 'operation');
	return lists.flatMap((list) => {
		const resource = String(list.displayOptions?.show?.resource?.[0]);
		return (list.options as INodePropertyOptions[]).map(({ value, description }) => ({
			at: `${displayName} > ${resource} > ${String(value)}`,
			description: description ?? '',
			notices: properties.filter((field) => field.type === 'notice' && shownIn(field, resource, String(value))),
		}));
	});
});

describe('a notice in the panel', () => {
	const withoutNotice = OPERATIONS.filter(({ notices }) => notices.length === 0);

	test('stands at every operation that cannot be undone', () => {
		const lasting = /cannot be (undone|deleted|withdrawn)/;
		expect(OPERATIONS.filter(({ description }) => lasting.test(description)).length).toBeGreaterThan(6);
		expect(withoutNotice.filter(({ description }) => lasting.test(description)).map(({ at }) => at)).toEqual([]);
	});

	test.each([
		['Hotmart > sale > refund', /gives money back and cannot be undone/],
		['Hotmart > subscription > cancel', /stops future charges/],
		['Hotmart > subscription > reactivateAndCharge', /may charge/],
		['Hotmart > subscription > switchPlan', /charge the difference at once, only invite .* next charge/],
		['Hotmart > negotiation > create', /real payment/],
		['Teachable > enrollment > applyAccess', /cancel a subscription/],
		['Teachable > enrollment > move', /cancel a subscription/],
		['Teachable > enrollment > setStudents', /cancel a subscription/],
		['Teachable > enrollment > unenroll', /cancel a subscription/],
	])('of %s says what it does', (operation, words) => {
		const found = OPERATIONS.find(({ at }) => at === operation);
		expect(found?.notices.map(({ displayName }) => displayName).join()).toMatch(words);
	});

	test('of Set Students is shown when Dry Run is off', () => {
		const found = OPERATIONS.find(({ at }) => at === 'Teachable > enrollment > setStudents');
		expect(found?.notices.map(({ displayOptions }) => displayOptions?.show?.dryRun)).toEqual([[false]]);
	});
});

/** The texts in the source of a file: strings, and the fixed parts of templates. */
function stringsIn(path: string): string[] {
	const found: string[] = [];
	const visit = (node: ts.Node) => {
		if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
			found.push(node.text);
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true));
	return found;
}

describe('words that make a native speaker stumble', () => {
	const pages = filesIn(['docs', 'deploy', '.github'], ['.md']).filter(
		(path) => !/docs\/(pt-BR|es|benchmarks)/.test(path),
	);

	test('are found', () => {
		expect(stumblesIn('A subscription was canceled, by whomever')).toHaveLength(1);
		expect(stumblesIn('one item a person')).toHaveLength(1);
	});

	test.each(filesIn(['nodes', 'credentials'], ['.ts']))('are in no text of %s', (path) => {
		expect(stringsIn(path).flatMap(stumblesIn)).toEqual([]);
	});

	test.each([...pages, 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'])('are not in %s', (path) => {
		expect(read(path).split('\n').flatMap(stumblesIn)).toEqual([]);
	});
});
