import { NodeHelpers, type INode, type INodeParameters, type INodeType, type IWorkflowBase } from 'n8n-workflow';

import hotmartToTeachable from '../../templates/hotmart-to-teachable.json';
import { Hotmart } from '../../nodes/Hotmart/Hotmart.node';
import { HotmartTrigger } from '../../nodes/Hotmart/HotmartTrigger.node';
import { toItem } from '../../nodes/Hotmart/item';
import { parse } from '../../nodes/Hotmart/webhook';
import { Teachable } from '../../nodes/Teachable/Teachable.node';
import packageJson from '../../package.json';
import { DEMO } from '../emulator/seed';

type Template = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'pinData'>;

const TEMPLATES = { 'hotmart-to-teachable.json': hotmartToTeachable as unknown as Template };

const TYPES: Record<string, INodeType> = Object.fromEntries(
	[new Hotmart(), new HotmartTrigger(), new Teachable()].map((type) => [
		`${packageJson.name}.${type.description.name}`,
		type,
	]),
);

const own = ({ nodes }: Template) => nodes.filter(({ type }) => type.startsWith(packageJson.name));
const visible = ({ description }: INodeType, node: INode) => {
	// What a node leaves out has its default, on which other fields may depend.
	const given = NodeHelpers.getNodeParameters(description.properties, node.parameters, true, false, node, description);
	return description.properties.filter((property) =>
		NodeHelpers.displayParameter(given ?? {}, property, { typeVersion: node.typeVersion }, description),
	);
};

describe.each(Object.entries(TEMPLATES))('%s', (_file, template) => {
	test('has nodes of this package, all of types and versions that exist', () => {
		expect(own(template).length).toBeGreaterThan(0);
		for (const { type, typeVersion } of own(template)) expect(TYPES[type]?.description.version).toBe(typeVersion);
	});

	test('sets only parameters that its nodes show', () => {
		for (const node of own(template)) {
			const names = visible(TYPES[node.type]!, node).map(({ name }) => name);
			for (const name of Object.keys(node.parameters)) expect(names).toContain(name);
			const collections = visible(TYPES[node.type]!, node).filter(({ type }) => type === 'collection');
			for (const { name, options } of collections) {
				const given = Object.keys((node.parameters[name] ?? {}) as INodeParameters);
				expect((options ?? []).map((option) => option.name)).toEqual(expect.arrayContaining(given));
			}
		}
	});

	test('lacks nothing but what the user has to choose', () => {
		for (const node of own(template)) {
			const { description } = TYPES[node.type]!;
			const issues = NodeHelpers.getNodeParametersIssues(description.properties, node, description);
			expect(issues?.parameters ?? {}).toEqual({});
		}
	});

	test('connects nodes that exist, and every node but notes is connected', () => {
		const names = template.nodes.map(({ name }) => name);
		const targets = Object.values(template.connections).flatMap(({ main }) => main!.flatMap((output) => output ?? []));
		for (const name of [...Object.keys(template.connections), ...targets.map(({ node }) => node)])
			expect(names).toContain(name);
		const connected = new Set([...Object.keys(template.connections), ...targets.map(({ node }) => node)]);
		const loose = template.nodes.filter(({ name, type }) => !connected.has(name) && !type.endsWith('stickyNote'));
		expect(loose).toEqual([]);
		expect(new Set(names).size).toBe(names.length);
	});

	test('has sample data for its trigger in the shape of the trigger\'s item', () => {
		const shape = Object.keys(toItem(parse({ event: 'PURCHASE_APPROVED', data: {} })!));
		for (const { name } of own(template).filter(({ type }) => type.endsWith('Trigger'))) {
			const pinned = template.pinData?.[name] ?? [];
			expect(pinned.length).toBeGreaterThan(0);
			for (const { json } of pinned) expect(Object.keys(json)).toEqual(shape);
		}
	});

	test('holds no credential, no secret and nobody\'s data', () => {
		const text = JSON.stringify(template);
		for (const node of template.nodes) expect(node.credentials).toBeUndefined();
		for (const secret of [DEMO.hotmart.hottok, DEMO.hotmart.clientSecret, DEMO.teachable.apiKey])
			expect(text).not.toContain(secret);
		expect(text).not.toMatch(/[\w.]+@(?!example\.com)[\w-]+\.\w+/);
	});
});
