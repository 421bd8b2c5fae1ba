/** What the test files share: the stack (started once for all of them by run.mts), and Hotmart's dashboard as an API. */
import type { INode, INodeTypeDescription } from 'n8n-workflow';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { PageState } from '../emulator/page/view.ts';
import type { Mail, RecordedRequest } from '../emulator/types.ts';
import { N8nClient, waitFor, type Workflow } from './client.mts';
import { credentialsShown, type Credentials } from './stack.mts';

export { outputOf, waitFor } from './client.mts';

/** The n8n of this run; run.mts sets it, and the processes of the test files inherit it. */
export const release = process.env.E2E_RELEASE === 'lts' ? 'lts' : 'current';

/** Screenshots and logs of the last run; not in git. */
export const artifacts = fileURLToPath(
	new URL(release === 'lts' ? '../e2e/artifacts/lts' : '../e2e/artifacts', import.meta.url),
);

/** What each n8n has left behind that a test file has started for itself, until it is searched for secrets at the end. */
export const leftovers = join(artifacts, 'leftovers');

/** Keeps the data of an n8n for that search. */
export async function keepForSearch(name: string, folder: string) {
	// The emulator knows the secrets of its account, and files of PostgreSQL are compressed: that is searched as text
	const skipped = /[\\/](node_modules|emulator\.json.*|cluster)([\\/]|$)/;
	await cp(folder, join(leftovers, name), { recursive: true, filter: (path) => !skipped.test(path) });
}

/** What a test needs to know of a stack that another process runs */
export interface Addresses {
	n8n: string;
	/** The emulator's page and control API */
	page: string;
	/** Production address of the main workflow */
	webhookUrl: string;
	/** Id of the main workflow */
	workflowId: string;
	/** Folder of n8n */
	installation: string;
	dataDir: string;
	credentials: Credentials;
	owner: { email: string; password: string; firstName: string; lastName: string };
	/** Of the owner; n8n lets nobody sign in more than five times a minute */
	session: string;
}

/** Starts a stack with data of its own. */
export async function startTestStack(): Promise<{ addresses: Addresses; stop: () => Promise<void> }> {
	const { OWNER, startStack } = await import('./stack.mts');
	const dataDir = await mkdtemp(join(tmpdir(), 'hotmart-teachable-e2e-'));
	const stack = await startStack({ dataDir, release, onStep: (step) => console.log(step) });
	const { main, webhookUrl } = stack;
	if (!main || !webhookUrl) {
		await stack.stop();
		throw new Error('The main template is not there');
	}
	return {
		addresses: {
			n8n: stack.client.url,
			page: stack.emulator.page.url,
			webhookUrl,
			workflowId: main.id,
			installation: stack.installation.dir,
			dataDir,
			credentials: stack.credentials,
			owner: OWNER,
			session: stack.client.session,
		},
		async stop() {
			await stack.stop();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}

/** The emulator's control API: what a creator does, and sees, in the dashboards of Hotmart and Teachable. */
export class Dashboard {
	readonly url: string;

	constructor(url: string) {
		this.url = url;
	}

	/** @param path below /control */
	async request(method: string, path: string, body?: unknown): Promise<any> {
		const response = await fetch(`${this.url}/control/${path}`, {
			method,
			headers: body === undefined ? {} : { 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const answer = await response.json();
		if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
		return answer;
	}

	/** Lets something happen in the Hotmart account; settles when its webhooks have been answered. */
	async live(operation: string, args: object) {
		return await this.request('POST', `hotmart/${operation}`, args);
	}

	async state(): Promise<PageState> {
		return await this.request('GET', 'state');
	}

	async requests(): Promise<RecordedRequest[]> {
		return await this.request('GET', 'requests');
	}

	/** @returns what workflows have sent with the SMTP credential, oldest first */
	async mails(): Promise<Mail[]> {
		return await this.request('GET', 'mails');
	}

	/** @returns the courses that somebody is enrolled in */
	async coursesOf(email: string): Promise<number[]> {
		const { courses } = await this.state();
		return courses.filter(({ students }) => students.some((student) => student.email === email)).map(({ id }) => id);
	}

	/** @param timeout milliseconds */
	async waitForCourses(email: string, courses: number[], timeout = 60_000) {
		const wanted = JSON.stringify(courses);
		await waitFor(
			async () => JSON.stringify(await this.coursesOf(email)) === wanted,
			async () => `${email} to be enrolled in ${wanted}, not ${JSON.stringify(await this.coursesOf(email))}`,
			timeout,
		);
	}

	/** The newest delivery about a person. */
	async delivery(email: string, event: string) {
		const { deliveries } = await this.state();
		const found = deliveries.find((delivery) => delivery.email === email && delivery.event === event);
		if (!found) throw new Error(`No ${event} of ${email} was delivered`);
		return found;
	}
}

let people = 0;
/** An e-mail address that no other test uses. */
export function somebody(name = 'student') {
	people += 1;
	return `${name}-${process.pid}-${people}@students.example`;
}

/** The stack of this run: the one that run.mts has started, or one of this file's own. */
export async function useStack(): Promise<
	Addresses & { client: N8nClient; dashboard: Dashboard; close: () => Promise<void> }
> {
	await mkdir(artifacts, { recursive: true });
	const given = process.env.E2E_STACK;
	const { addresses, stop: close } = given
		? { addresses: JSON.parse(given) as Addresses, stop: async () => {} }
		: await startTestStack();
	const client = new N8nClient(addresses.n8n, addresses.installation, addresses.session);
	return { ...addresses, client, dashboard: new Dashboard(addresses.page), close };
}

/**
 * Waits until the next execution of a workflow has ended.
 * @param newest id of the newest execution that is known
 */
export async function nextExecution(client: N8nClient, workflowId: string, newest: number) {
	const { id } = await waitFor(async () => {
		const [execution] = await client.executions(workflowId);
		return Number(execution?.id ?? 0) > newest && execution;
	}, 'an execution');
	return await client.finished(id);
}

/**
 * What the editor shows in red before anything runs: credentials and required fields that are empty.
 * @returns such as `Apply Access: Parameter "Course" is required.`
 */
export async function shownAsMissing(
	{ client, installation }: { client: N8nClient; installation: string },
	{ nodes }: Workflow,
): Promise<string[]> {
	const require = createRequire(join(installation, 'node_modules', 'n8n', 'package.json'));
	const { NodeHelpers } = require('n8n-workflow') as typeof import('n8n-workflow');
	const types: INodeTypeDescription[] = await client.request('GET', '/types/nodes.json');
	return nodes
		.filter(({ disabled }) => !disabled)
		.flatMap((node) => {
			const type = types.find(({ name, version }) => name === node.type && [version].flat().includes(node.typeVersion));
			if (!type) throw new Error(`There is no ${node.type} in version ${node.typeVersion}`);
			const asNode = node as unknown as INode;
			// The editor completes the parameters before it looks at them
			const parameters = NodeHelpers.getNodeParameters(type.properties, asNode.parameters, true, false, asNode, type);
			const complete = { ...asNode, parameters: parameters ?? {} };
			const fields = NodeHelpers.getNodeParametersIssues(type.properties, complete, type)?.parameters ?? {};
			const credentials = credentialsShown(node, type).filter(
				({ name, required }) => required && !node.credentials?.[name],
			);
			const problems = [...credentials.map(({ name }) => `credential ${name}`), ...Object.values(fields).flat()];
			return problems.map((problem) => `${node.name}: ${problem}`);
		});
}
