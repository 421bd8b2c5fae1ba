import { HotmartApi } from '../../credentials/HotmartApi.credentials';
import { HotmartWebhookApi } from '../../credentials/HotmartWebhookApi.credentials';
import { TeachableApi } from '../../credentials/TeachableApi.credentials';
import { TeachableWebhookApi } from '../../credentials/TeachableWebhookApi.credentials';
import { NODES } from '../nodes/n8n';
import { read } from './titles';

const MAIN = /\/blob\/main\/(docs\/[\w-]+\.md)(?:#([\w-]+))?$/;

/** The page and the anchor of a link into this repository. */
const target = (url: string) => (MAIN.exec(url) ?? []).slice(1);

/** The codex beside a node, which n8n reads its docs link from. */
const codexOf = (name: string) => {
	const file = `${name[0]!.toUpperCase()}${name.slice(1)}`;
	const folder = /^hotmart/.test(name) ? 'Hotmart' : 'Teachable';
	return jest.requireActual<{ node: string; resources: { primaryDocumentation: Array<{ url: string }> } }>(
		`../../nodes/${folder}/${file}.node.json`,
	);
};

describe('the docs link', () => {
	test.each(Object.values(NODES).map(({ description }) => description))(
		'of the node $displayName leads to its own page',
		({ name, displayName }) => {
			const { node, resources } = codexOf(name);
			expect(node).toBe(`n8n-nodes-hotmart-teachable.${name}`);
			const [page] = target(resources.primaryDocumentation[0]!.url);
			expect(page).toBe(`docs/${displayName.toLowerCase().replaceAll(' ', '-')}.md`);
			expect(read(page!)).toContain(displayName);
		},
	);

	test.each([HotmartApi, HotmartWebhookApi, TeachableApi, TeachableWebhookApi].map((Credential) => new Credential()))(
		'of the credential $displayName leads to its own chapter',
		({ displayName, documentationUrl }) => {
			const [page, anchor] = target(documentationUrl);
			expect(anchor).toBe(displayName.toLowerCase().replaceAll(' ', '-'));
			expect(read(page!)).toContain(`\n## ${displayName}\n`);
		},
	);
});
