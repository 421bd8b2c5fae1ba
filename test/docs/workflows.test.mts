/** GitHub's files: valid, careful with rights, and in step with package.json. */
import { validateWorkflow } from '@action-validator/core';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

import { PLACEHOLDER, addressOf, refusal, withAddress, wrongIn } from '../../tools/release/address.mts';
import { withAbsoluteLinks } from '../../tools/release/absolute-links.mts';
import { releaseNotes } from '../../tools/release/release-notes.mts';
import { HALVES } from '../../tools/split.mts';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const read = (name: string) => readFileSync(path(name), 'utf8');
const manifest = JSON.parse(read('package.json'));
const files = readdirSync(path('.github/workflows')).sort();

export type Step = { uses?: string; run?: string; with?: Record<string, string>; env?: Record<string, string> };
export type Job = {
	'timeout-minutes'?: number;
	permissions?: Record<string, string>;
	uses?: string;
	steps?: Step[];
	environment?: string;
	needs?: string;
	strategy?: { 'fail-fast': boolean; matrix: Record<string, string[]> };
};
export type Workflow = {
	on: any;
	permissions?: Record<string, string>;
	concurrency?: object;
	jobs: Record<string, Job>;
};

const workflow = (file: string): Workflow => parse(read(`.github/workflows/${file}`));
const problems = (text: string) => (validateWorkflow(text) as { errors: unknown[] }).errors;
const steps = ({ jobs }: Workflow) => Object.values(jobs).flatMap((job) => job.steps ?? []);
const commands = (flow: Workflow) => steps(flow).flatMap(({ run = '' }) => run.split('\n'));

describe('the workflows', () => {
	it('are the two that are meant', () => assert.deepEqual(files, ['ci.yml', 'release.yml']));

	for (const file of files) {
		const flow = workflow(file);

		it(`${file} is valid`, () => assert.deepEqual(problems(read(`.github/workflows/${file}`)), []));

		it(`${file} may only read unless a job says so, ends in time, and never runs twice at once`, () => {
			assert.deepEqual(flow.permissions, { contents: 'read' });
			assert.ok(flow.concurrency);
			for (const [name, job] of Object.entries(flow.jobs)) {
				assert.ok(job.uses ?? job['timeout-minutes'], `${name} has no time limit`);
				for (const { uses } of job.steps ?? [])
					if (uses) assert.match(uses, /^actions\/[\w-]+@[0-9a-f]{40}$/, "a fixed commit of GitHub's own");
			}
		});

		it(`${file} calls only scripts and files that exist`, () => {
			for (const command of commands(flow)) {
				const [, script] = command.match(/\bnpm run ([\w:]+)/) ?? [];
				if (script) assert.ok(manifest.scripts[script], command);
				const [, entry] = command.match(/\b(?:node|tsx) ([\w./-]+\.mts)/) ?? [];
				if (entry) assert.ok(existsSync(path(entry)), command);
			}
		});
	}

	it('are really validated: a wrong key and a job without steps are found', () => {
		assert.notDeepEqual(problems(read('.github/workflows/ci.yml').replace('runs-on: ', 'run-on: ')), []);
		assert.notDeepEqual(problems('on: push\njobs: {}\n'), []);
	});
});

describe('CI', () => {
	const { jobs, on } = workflow('ci.yml');
	const matrix = (job: string) => (jobs[job] as any).strategy.matrix;

	it('tests on the Node.js versions that users have, and on both lines of n8n', () => {
		assert.deepEqual(matrix('test').node, [20, 22, 24]);
		assert.deepEqual(
			matrix('e2e').include.map(({ n8n }: { n8n: string }) => n8n),
			['current', 'lts'],
		);
		for (const { folder } of matrix('e2e').include) assert.ok(existsSync(path(`${folder}/package-lock.json`)));
		assert.ok(commands(workflow('ci.yml')).includes('npm test'));
	});

	it('runs for pull requests without any secret', () => {
		assert.ok('pull_request' in on && !('pull_request_target' in on));
		assert.doesNotMatch(read('.github/workflows/ci.yml'), /secrets\./);
	});
});

describe('a release', () => {
	const { jobs, on } = workflow('release.yml');
	const { version, repository } = manifest;

	it('starts by a tag, and publishes only after the tag, the tests and the scan', () => {
		assert.deepEqual(on, { push: { tags: ['v*'] } });
		const order = [jobs.ci, jobs.pack, jobs.publish, jobs.github].map((job) => job?.needs);
		assert.deepEqual(order, ['check', 'ci', 'pack', 'publish']);
		const runs = (jobs.pack?.steps ?? []).map(({ run = '' }) => run);
		const packs = runs.findIndex((run) => run.includes('npm pack'));
		assert.ok(runs.indexOf('npx tsx tools/scan.mts') > 0 && runs.indexOf('npx tsx tools/scan.mts') < packs);
		const checks = (jobs.check?.steps ?? []).map(({ run = '' }) => run).join('\n');
		assert.match(checks, /merge-base --is-ancestor "\$GITHUB_SHA" refs\/remotes\/origin\/main/);
		assert.match(checks, /address\.mts --release/);
	});

	it('publishes in a job that only downloads the package, with an npm of one version and no scripts', () => {
		const [download, publish, ...others] = jobs.publish?.steps ?? [];
		assert.deepEqual(others, []);
		assert.match(download?.uses ?? '', /^actions\/download-artifact@/);
		assert.match(publish?.run ?? '', /^npx --yes npm@\d+\.\d+\.\d+ publish \S+ .*--provenance.*--ignore-scripts/);
	});

	it('packs the two halves beside the whole, and publishes each of the three', () => {
		const packages = [manifest.name, ...HALVES.map(({ name }) => name)];
		assert.deepEqual(jobs.publish?.strategy, { 'fail-fast': false, matrix: { package: packages } });
		const steps = jobs.pack?.steps ?? [];
		assert.ok(steps.some(({ run }) => run === 'npx tsx tools/release/pack-halves.mts packed'));
		assert.ok(steps.some((step) => step.with?.name === 'packed' && step.with?.path === 'packed'));

		// What the shell makes of the name of the file
		const folder = mkdtempSync(join(tmpdir(), 'tarballs-'));
		try {
			for (const name of packages) writeFileSync(join(folder, `${name}-1.2.3.tgz`), '');
			const { run = '', env = {} } = jobs.publish?.steps?.[1] ?? {};
			const [, file = ''] = / publish (\S+)/.exec(run) ?? [];
			assert.deepEqual(env, { PACKAGE: '${{ matrix.package }}' });
			for (const name of packages) {
				const { stdout } = spawnSync('bash', ['-c', `echo ${file}`], {
					cwd: folder,
					encoding: 'utf8',
					env: { PATH: process.env.PATH, PACKAGE: name },
				});
				assert.equal(stdout.trim(), `./${name}-1.2.3.tgz`);
			}
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it('installs nothing and checks nothing out where it may publish', () => {
		for (const [name, { permissions, steps: own = [] }] of Object.entries(jobs)) {
			if (permissions?.['id-token'] !== 'write') continue;
			for (const { uses = '', run = '' } of own) {
				assert.doesNotMatch(uses, /checkout|cache/, name);
				assert.doesNotMatch(run, /npm (ci|i|install|run)\b|npm i?-g|tsx|node /, name);
			}
		}
		for (const { uses, with: settings } of steps(workflow('release.yml')))
			if (uses?.startsWith('actions/checkout@')) assert.equal(settings?.['persist-credentials'], false);
	});

	describe('whose checks are run for real', () => {
		const checks = (jobs.check?.steps ?? []).flatMap(({ run = [] }) => run);
		const commandOf = (word: string) => checks.find((run) => run.includes(word)) ?? `exit 99 # no check with ${word}`;
		const other = {
			url: 'git+https://github.com/cordas/n8n-nodes-hotmart-teachable.git',
			email: 'owner@cordas.example',
		};
		let folder = '';
		const git = (...args: string[]) => {
			const named = ['-c', 'user.name=Owner', '-c', `user.email=${other.email}`];
			const { status, stdout, stderr } = spawnSync('git', [...named, ...args], {
				cwd: folder,
				encoding: 'utf8',
				// Without the settings of whoever runs this
				env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
			});
			assert.equal(status, 0, stderr);
			return stdout.trim();
		};
		/** Runs a check as the workflow has it; tsx stands in for a Node.js that takes types. */
		const check = (command: string, env: Record<string, string> = {}) => {
			const node = `"${process.execPath}" "${path('node_modules/tsx/dist/cli.mjs')}" `;
			const { status, stderr } = spawnSync('bash', ['-e', '-c', command.replace(/^node /, () => node)], {
				cwd: folder,
				encoding: 'utf8',
				env: { PATH: process.env.PATH, ...env },
			});
			return { status, stderr };
		};
		const writeManifest = (url: string, email: string) => {
			const content = { version: '1.2.3', repository: { url }, author: { email } };
			writeFileSync(join(folder, 'package.json'), JSON.stringify(content));
		};
		before(() => {
			folder = mkdtempSync(join(tmpdir(), 'release-'));
			mkdirSync(join(folder, 'tools'));
			cpSync(path('tools/release'), join(folder, 'tools/release'), { recursive: true });
			writeManifest(other.url, other.email);
			writeFileSync(join(folder, 'CHANGELOG.md'), '## [1.2.3] - 2030-01-01\n\n### Added\n\n- All of it\n');
			git('init', '--quiet', '--initial-branch=main');
			git('add', '.');
			git('commit', '--quiet', '--message=Release');
			git('update-ref', 'refs/remotes/origin/main', 'HEAD');
		});
		after(() => rmSync(folder, { recursive: true, force: true }));

		it('takes a tag on main, and refuses one beside it', () => {
			const command = commandOf('merge-base');
			const sha = git('rev-parse', 'HEAD');
			assert.equal(check(command, { GITHUB_SHA: sha }).status, 0);
			git('checkout', '--quiet', '-b', 'beside');
			git('commit', '--quiet', '--allow-empty', '--message=Not merged');
			const beside = git('rev-parse', 'HEAD');
			git('checkout', '--quiet', 'main');
			assert.equal(check(command, { GITHUB_SHA: beside }).status, 1);
		});

		it('takes a real address, and refuses the placeholder', () => {
			const command = commandOf('address.mts');
			const taken = check(command);
			assert.equal(taken.status, 0, taken.stderr);
			for (const [url, email] of [
				[`https://github.com/${PLACEHOLDER.repository}.git`, other.email],
				[other.url, PLACEHOLDER.email],
			] as const) {
				writeManifest(url, email);
				const { status, stderr } = check(command);
				writeManifest(other.url, other.email);
				assert.equal(status, 1);
				assert.match(stderr, /placeholder/);
			}
		});

		it('takes the tag of the version, and refuses another one', () => {
			const command = commandOf('release-notes.mts');
			assert.equal(check(command, { GITHUB_REF_NAME: 'v1.2.3' }).status, 0);
			const { status, stderr } = check(command, { GITHUB_REF_NAME: 'v1.2.4' });
			assert.equal(status, 1);
			assert.match(stderr, /not the version/);
		});
	});

	it('has one address everywhere, and is refused while that is the placeholder', () => {
		const address = addressOf(manifest);
		for (const file of ['README.md', 'SECURITY.md', 'deploy/README.md', 'nodes/Hotmart/Hotmart.node.json'])
			assert.deepEqual(wrongIn(read(file), address), [], file);
		const text = 'https://github.com/a/n8n-nodes-hotmart-teachable/issues maintainers@a.example';
		assert.equal(wrongIn(text, address).length, 2);
		const other = { repository: 'cordas/n8n-nodes-hotmart-teachable', email: 'owner@cordas.example' };
		assert.equal(
			withAddress(text, other),
			'https://github.com/cordas/n8n-nodes-hotmart-teachable/issues owner@cordas.example',
		);
		assert.match(refusal(PLACEHOLDER) ?? '', /placeholder/);
		assert.equal(refusal(other), undefined);
	});

	it('has provenance and no token that could be stolen', () => {
		for (const [name, { permissions }] of Object.entries(jobs))
			assert.equal(permissions?.['id-token'], name === 'publish' ? 'write' : undefined, name);
		assert.doesNotMatch(read('.github/workflows/release.yml'), /NPM_TOKEN|NODE_AUTH_TOKEN|secrets\./);
	});

	it('is refused when the tag is not the version, or the changelog does not have it', () => {
		const changelog = read('CHANGELOG.md');
		assert.match(releaseNotes(`v${version}`, version, changelog), /### Added/);
		assert.throws(() => releaseNotes('v9.9.9', version, changelog), /not the version/);
		assert.throws(() => releaseNotes('v9.9.9', '9.9.9', changelog), /has no section of 9\.9\.9/);
		assert.throws(
			() => releaseNotes('v9.9.9', '9.9.9', '## [9.9.9] - 2030-01-01\n\n## [9.9.8] - 2029-01-01\n'),
			/says nothing/,
		);
	});

	it('shows a README on npm whose links and pictures do not depend on where it is read', () => {
		const [, name] = repository.url.match(/github\.com\/(.+)\.git$/);
		const text = withAbsoluteLinks(read('README.md'), name, `v${version}`);
		const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map(([, a, b]) => a ?? b);
		assert.deepEqual(
			links.filter((link) => !/^(https:\/\/|#)/.test(link)),
			[],
		);
		const own = links.flatMap(
			(link) =>
				link.match(
					new RegExp(`^https://(?:github\\.com|raw\\.githubusercontent\\.com)/${name}/(?:blob/)?v${version}/([^#]+)`),
				)?.[1] ?? [],
		);
		assert.ok(own.length > 20);
		for (const file of own) assert.ok(existsSync(path(file)), file);
		assert.ok(text.includes(`(https://raw.githubusercontent.com/${name}/v${version}/docs/overview.svg)`));
		assert.ok(text.includes(`(https://github.com/${name}/blob/v${version}/docs/access.md)`));
	});
});

describe('the forms for issues', () => {
	for (const file of readdirSync(path('.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml'))
		it(`${file} is one`, () => {
			const { name, description, body } = parse(read(`.github/ISSUE_TEMPLATE/${file}`));
			assert.ok(name && description);
			const ids = body.filter(({ type }: { type: string }) => type !== 'markdown').map(({ id }: { id: string }) => id);
			assert.ok(ids.length > 0 && ids.every(Boolean));
			assert.equal(new Set(ids).size, ids.length);
			for (const { type, attributes } of body) {
				assert.ok(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes'].includes(type));
				assert.ok(type === 'markdown' ? attributes.value : attributes.label);
			}
		});
});
