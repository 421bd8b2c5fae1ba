/**
 * `npx tsx tools/split.mts FOLDER`: writes the package as two, one a service, since n8n verifies only packages of one service. The two
 * halves share `nodes/shared` and the helpers of the credentials, of which each gets a copy. Their READMEs are in tools/split/.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { withAbsoluteLinks } from './release/absolute-links.mts';
import { addressOf } from './release/address.mts';

const root = fileURLToPath(new URL('..', import.meta.url));
const ORIGINAL = 'n8n-nodes-hotmart-teachable';

/**
 * What belongs to a half. A node type is named after its package, so templates and codex files follow the new name; n8n itself adds
 * a tool to each action node.
 */
export const HALVES = [
	{
		name: 'n8n-nodes-hotmart',
		folder: 'Hotmart',
		types: ['hotmart', 'hotmartTool', 'hotmartPollingTrigger', 'hotmartTrigger'],
		description:
			'n8n nodes for Hotmart: a trigger for its webhooks that decides who has access, and operations of its API',
	},
	{
		name: 'n8n-nodes-teachable',
		folder: 'Teachable',
		types: ['teachable', 'teachableTool', 'teachableTrigger'],
		description: 'n8n nodes for Teachable: a trigger for its webhooks, enrollments by e-mail, and the rest of its API',
	},
];

const SCRIPTS = ['build', 'dev', 'prepublishOnly'];
const LINT = 'n8n-node lint && eslint --config eslint.base.config.mjs .';
const TOOLS = [
	'@eslint/js',
	'@n8n/node-cli',
	'@types/node',
	'eslint',
	'eslint-plugin-n8n-nodes-base',
	'gulp',
	'n8n-workflow',
	'typescript',
	'typescript-eslint',
];
const COMMON = [
	'.gitignore',
	'.npmrc',
	'LICENSE',
	'eslint.base.config.mjs',
	'eslint.config.mjs',
	'gulpfile.js',
	'tsconfig.json',
];

const pick = (object: Record<string, unknown>, keys: string[]) =>
	Object.fromEntries(keys.map((key) => [key, object[key]]));

/**
 * Names each node type after the half that has it.
 *
 * @param text JSON of a workflow or of a codex file
 */
export const renameTypes = (text: string) =>
	HALVES.flatMap(({ name, types }) => types.map((type) => [`"${ORIGINAL}.${type}"`, `"${name}.${type}"`])).reduce(
		(changed, [from, to]) => changed.replaceAll(from, to),
		text,
	);

/** The halves whose nodes a template has. */
const halvesOf = (text: string) =>
	HALVES.filter((half) => half.types.some((type) => text.includes(`"${ORIGINAL}.${type}"`)));

/** What a half's README says of its templates. */
function shelf(name: string, release: string, templates: Array<{ file: string; text: string }>) {
	const entries = templates.map(({ file, text }) => {
		const others = halvesOf(text).filter((half) => half.name !== name);
		const needs = others.map((half) => `, with \`${half.name}\` beside this package`).join('');
		return `- **${JSON.parse(text).name}** (\`${file}\`)${needs}`;
	});
	return [
		`[All workflows as files](${release}/${name}-templates.zip), in English, Portuguese and Spanish. The folder \`templates\` of this package has them, too.`,
		'Open a file, copy its text, and paste it on an empty canvas.',
		'',
		...entries,
	].join('\n');
}

/**
 * @param target folder of the two new packages
 * @returns their folders
 */
export function split(target: string): string[] {
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const { repository } = addressOf(manifest);
	const tag = `v${manifest.version}`;
	return HALVES.map(({ name, folder, description }) => {
		const home = join(target, name);
		const copy = (path: string) => cpSync(join(root, path), join(home, path), { recursive: true });
		const rewrite = (path: string) =>
			writeFileSync(join(home, path), renameTypes(readFileSync(join(root, path), 'utf8')));

		for (const path of [...COMMON, `nodes/${folder}`, 'nodes/shared']) copy(path);
		for (const file of readdirSync(join(root, `nodes/${folder}`)))
			if (file.endsWith('.node.json')) rewrite(`nodes/${folder}/${file}`);
		for (const file of readdirSync(join(root, 'credentials')))
			if (!file.endsWith('.credentials.ts') || file.startsWith(folder)) copy(`credentials/${file}`);

		const templates: Array<{ file: string; text: string }> = [];
		for (const folder of ['templates', 'templates/pt-BR', 'templates/es']) {
			mkdirSync(join(home, folder));
			for (const file of readdirSync(join(root, folder)).filter((each) => each.endsWith('.json'))) {
				const text = readFileSync(join(root, folder, file), 'utf8');
				// One that needs both, or neither, goes with Hotmart, where a workflow starts
				const [used = HALVES[0]!] = halvesOf(text);
				if (used.name !== name) continue;
				rewrite(`${folder}/${file}`);
				if (folder === 'templates') templates.push({ file, text });
			}
		}

		const release = `https://github.com/${repository}/releases/download/${tag}`;
		const readme = readFileSync(join(root, `tools/split/${name}.md`), 'utf8')
			.replace('<!-- templates -->', () => shelf(name, release, templates))
			// A half has no pages of its own: the links lead to those of the tag
			.replaceAll('](../../', '](');
		writeFileSync(join(home, 'README.md'), withAbsoluteLinks(readme, repository, tag));

		const mine = (path: string) => path.includes(`/${folder}`);
		const own = {
			...manifest,
			name,
			description,
			keywords: manifest.keywords.filter(
				(word: string) => !HALVES.some((half) => half.name !== name && half.folder.toLowerCase() === word),
			),
			scripts: { ...pick(manifest.scripts, SCRIPTS), lint: LINT },
			n8n: {
				...manifest.n8n,
				nodes: manifest.n8n.nodes.filter(mine),
				credentials: manifest.n8n.credentials.filter(mine),
			},
			devDependencies: pick(manifest.devDependencies, TOOLS),
		};
		if (own.n8n.nodes.length === 0 || own.n8n.credentials.length === 0)
			throw new Error(`${name} has no nodes or no credentials`);
		writeFileSync(join(home, 'package.json'), `${JSON.stringify(own, null, '\t')}\n`);
		return home;
	});
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const target = process.argv[2];
	if (!target) {
		console.error('Say where to write the two packages: npx tsx tools/split.mts ../split');
		process.exitCode = 1;
	} else if (existsSync(resolve(target))) {
		console.error(`${resolve(target)} is there already. Choose a new folder.`);
		process.exitCode = 1;
	} else for (const home of split(resolve(target))) console.log(home);
}
