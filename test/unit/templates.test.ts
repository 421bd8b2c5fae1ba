import { commonPollingParameters } from 'n8n-core/dist/nodes-loader/constants';
import type { INode, INodeType, INodeTypeDescription, IWorkflowBase } from 'n8n-workflow';

import { Hotmart } from '../../nodes/Hotmart/Hotmart.node';
import { HotmartPollingTrigger } from '../../nodes/Hotmart/HotmartPollingTrigger.node';
import { HotmartTrigger } from '../../nodes/Hotmart/HotmartTrigger.node';
import { readItem } from '../../nodes/Hotmart/trigger/item';
import { POLICIES } from '../../nodes/Hotmart/access/policy';
import { parse } from '../../nodes/Hotmart/trigger/delivery';
import { readItem as readTeachableItem } from '../../nodes/Teachable/trigger/item';
import { Teachable } from '../../nodes/Teachable/Teachable.node';
import { TeachableTrigger } from '../../nodes/Teachable/TeachableTrigger.node';
import packageJson from '../../package.json';
import { DEMO } from '../emulator/seed';
import { parameterProblems } from './parameters';
import { filesIn, read } from './titles';

type Template = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'pinData' | 'settings'>;

/** All templates, by their path. */
const TEMPLATES = filesIn(['templates'], ['.json']).map((path): [string, Template] => [
	path,
	JSON.parse(read(path)) as Template,
]);

const TYPES: Record<string, INodeType> = Object.fromEntries(
	[new Hotmart(), new HotmartPollingTrigger(), new HotmartTrigger(), new Teachable(), new TeachableTrigger()].map(
		(type) => [`${packageJson.name}.${type.description.name}`, type],
	),
);
/** n8n makes a tool of a node by another name and by fields that describe the tool to the model. */
const TOOL = /Tool$/;
const TOOL_FIELDS = [
	{
		displayName: 'Description',
		name: 'descriptionType',
		type: 'options',
		default: 'auto',
		options: [{ name: 'Manual', value: 'manual' }],
	},
	{ displayName: 'Description', name: 'toolDescription', type: 'string', default: '' },
] satisfies INodeTypeDescription['properties'];

/** n8n adds the poll times to each node that polls. */
const withPollTimes = (description: INodeTypeDescription): INodeTypeDescription =>
	description.polling
		? { ...description, properties: [...commonPollingParameters, ...description.properties] }
		: description;

function descriptionOf({ type }: INode): INodeTypeDescription {
	const found = TYPES[type.replace(TOOL, '')];
	if (!found) throw new Error(`There is no node type ${type}`);
	const description = withPollTimes(found.description);
	return TOOL.test(type) ? { ...description, properties: [...description.properties, ...TOOL_FIELDS] } : description;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const isNote = ({ type }: INode) => type.endsWith('.stickyNote');
const own = ({ nodes }: Template) => nodes.filter(({ type }) => type.startsWith(`${packageJson.name}.`));

const linksOf = ({ connections }: Template) =>
	Object.entries(connections).flatMap(([from, byType]) =>
		Object.entries(byType).flatMap(([type, outputs]) =>
			outputs.flatMap((output) => (output ?? []).map((target) => ({ from, type, target }))),
		),
	);

/** The texts of everything in a value. */
function textsOf(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

interface Box {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}
/** Where the editor draws a node: a note as big as it says, any other as a square of 96, agents and reviews wider. */
function boxOf({ name, position: [left, top], parameters, ...node }: INode): Box {
	const isWide = /\.agent$|HitlTool$/.test(node.type);
	const [width, height] = isNote({ name, position: [left, top], parameters, ...node })
		? [Number(parameters.width), Number(parameters.height)]
		: [isWide ? 256 : 96, 96];
	return { name, left, top, right: left + width, bottom: top + height };
}
const meet = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const holds = (a: Box, b: Box) => a.left <= b.left && b.right <= a.right && a.top <= b.top && b.bottom <= a.bottom;
const pairsOf = <T>(list: T[]) =>
	list.flatMap((first, index) => list.slice(index + 1).map((second): [T, T] => [first, second]));

test('there are templates', () => expect(TEMPLATES.length).toBeGreaterThanOrEqual(15));

describe.each(TEMPLATES)('%s', (path, template) => {
	test('is an export of the editor without anything of one instance', () => {
		expect(Object.keys({ pinData: {}, ...template }).sort()).toEqual([
			'connections',
			'meta',
			'name',
			'nodes',
			'pinData',
			'settings',
		]);
		expect(template).toMatchObject({
			settings: { executionOrder: 'v1' },
			meta: { templateCredsSetupCompleted: false },
		});
		const ids = template.nodes.flatMap(({ id, webhookId }) => [id, ...(webhookId ? [webhookId] : [])]);
		for (const id of ids) expect(id).toMatch(UUID);
		expect(new Set(ids).size).toBe(ids.length);
	});

	test('has nodes of this package, all of types and versions that exist', () => {
		// What tells of failures watches workflows with these nodes, and has none itself
		const isAlarm = template.nodes.some(({ type }) => type === 'n8n-nodes-base.errorTrigger');
		expect(own(template).length > 0).toBe(!isAlarm);
		for (const node of own(template)) expect(descriptionOf(node).version).toBe(node.typeVersion);
	});

	test('sets only parameters and options that its nodes have and show, and lacks none but what the user chooses', () => {
		const problems = own(template).flatMap((node) =>
			parameterProblems(node, descriptionOf(node)).map((problem) => `${node.name}: ${problem}`),
		);
		// n8n itself says so until the user has chosen one
		const toChoose = own(template)
			.filter(({ parameters }) => (parameters.courseId as { value?: unknown } | undefined)?.value === '')
			.map(({ name }) => `${name}: Parameter "Course" is required.`);
		expect(problems).toEqual(toChoose);
	});

	test('connects nodes that exist, and every node but notes is connected', () => {
		const names = template.nodes.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		const links = linksOf(template);
		for (const { from, type, target } of links) {
			expect(names).toContain(from);
			expect(names).toContain(target.node);
			expect(target.type).toBe(type);
			expect(type).toMatch(/^(main|ai_(agent|languageModel|memory|tool|outputParser))$/);
		}
		const connected = new Set(links.flatMap(({ from, target }) => [from, target.node]));
		const loose = template.nodes.filter((node) => !connected.has(node.name) && !isNote(node));
		expect(loose.map(({ name }) => name)).toEqual([]);
	});

	test('refers in its expressions to nodes that exist', () => {
		const names = template.nodes.map(({ name }) => name);
		for (const { type, parameters } of template.nodes.filter((node) => !isNote(node))) {
			for (const text of textsOf(parameters)) {
				for (const [, , name] of text.matchAll(/\$\((['"])(.*?)\1\)/g)) expect(names).toContain(name);
				// An expression without its mark is taken literally, but by the HTML node
				if (!text.startsWith('=') && type !== 'n8n-nodes-base.html') expect(text).not.toMatch(/\{\{\s*\$/);
			}
		}
	});

	test("has sample data for its trigger in the shape of the trigger's item", () => {
		const shapes = {
			hotmart: Object.keys(readItem(parse({ event: 'PURCHASE_APPROVED', data: {} })!, POLICIES.hotmart)),
			teachable: Object.keys(readTeachableItem({ type: 'Enrollment.created', object: {}, others: {} })),
		};
		for (const { name, type, parameters } of own(template).filter(({ type }) => type.endsWith('Trigger'))) {
			const { includeExtra = false } = (parameters.options ?? {}) as { includeExtra?: boolean };
			const source = type.endsWith('PollingTrigger') ? ['source'] : [];
			const pinned = template.pinData?.[name] ?? [];
			expect(pinned.length).toBeGreaterThan(0);
			const isTeachable = type.endsWith('.teachableTrigger');
			const shape = isTeachable ? shapes.teachable : shapes.hotmart;
			for (const { json } of pinned)
				expect(Object.keys(json)).toEqual([
					...shape.filter((key) => key !== 'extra' || isTeachable || includeExtra),
					...source,
				]);
		}
		const names = template.nodes.map(({ name }) => name);
		for (const name of Object.keys(template.pinData ?? {})) expect(names).toContain(name);
	});

	test('explains itself in notes that cover no other note and cut through no node', () => {
		const notes = template.nodes.filter(isNote);
		const about = String(notes[0]?.parameters.content);
		expect(about.startsWith(`## ${template.name}\n`)).toBe(true);
		const isOf = (language: string) => path.startsWith(`templates/${language}/`);
		const setUp = isOf('pt-BR') || isOf('es') ? '**Configurar**' : '**Set up**';
		const tryIt = isOf('pt-BR') ? '**Testar**' : isOf('es') ? '**Probar**' : '**Try it**';
		for (const part of [setUp, tryIt]) expect(about).toContain(part);

		const others = template.nodes.filter((node) => !isNote(node));
		const overlapping = pairsOf(notes.map(boxOf))
			.concat(pairsOf(others.map(boxOf)))
			.filter(([a, b]) => meet(a, b));
		const cut = notes.flatMap((note) =>
			others.map((node): [Box, Box] => [boxOf(note), boxOf(node)]).filter(([a, b]) => meet(a, b) && !holds(a, b)),
		);
		expect([...overlapping, ...cut].map(([a, b]) => `${a.name} and ${b.name}`)).toEqual([]);
	});

	test('can be read when the editor of a laptop fits it in', () => {
		const boxes = template.nodes.map(boxOf);
		const width = Math.max(...boxes.map(({ right }) => right)) - Math.min(...boxes.map(({ left }) => left));
		const height = Math.max(...boxes.map(({ bottom }) => bottom)) - Math.min(...boxes.map(({ top }) => top));
		// The canvas of a window of 1440 × 900 pixels
		expect(Math.min(1300 / width, 750 / height)).toBeGreaterThan(0.58);
	});

	test("holds no credential, no secret and nobody's data", () => {
		const text = JSON.stringify(template);
		for (const node of template.nodes) expect(node.credentials).toBeUndefined();
		for (const secret of [DEMO.hotmart.hottok, DEMO.hotmart.clientSecret, DEMO.teachable.apiKey])
			expect(text).not.toContain(secret);
		expect(text).not.toMatch(/[\w.]+@(?!example\.com)[\w-]+\.\w+/);
		expect(text).not.toMatch(/\b(sk-|Bearer |Basic )[\w-]{8}/);
	});
});
