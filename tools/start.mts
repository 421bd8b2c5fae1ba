/** `npm start`: the whole product to play with, on fixed ports and with data that survive a restart. */
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { SetupError, ensureN8n } from '../test/n8n/install.mts';
import { isFree, packageFolder, root } from '../test/n8n/process.mts';
import { MAIN_TEMPLATE, MCP_TEMPLATE, MCP_TOKEN, OWNER, startStack, type Ports } from '../test/n8n/stack.mts';

/** Port of each part, the environment variable that changes it, and what it is for. */
const parts = {
	n8n: { port: 5678, variable: 'N8N_PORT', what: "n8n's editor" },
	broker: { port: 5679, variable: 'N8N_RUNNERS_BROKER_PORT', what: "n8n's task runners" },
	hotmart: { port: 5680, variable: 'HOTMART_PORT', what: 'the emulated Hotmart' },
	teachable: { port: 5681, variable: 'TEACHABLE_PORT', what: 'the emulated Teachable' },
	page: { port: 5682, variable: 'PAGE_PORT', what: "the emulator's page" },
	mail: { port: 5683, variable: 'MAIL_PORT', what: 'the mail server that keeps all mails' },
	model: { port: 5684, variable: 'MODEL_PORT', what: 'the stand-in of an AI model' },
};

const help = `Starts n8n with the Hotmart and Teachable nodes and an emulator of both platforms.

npm start -- [options]
  --watch                 n8n loads what you change in the code (npm run dev)
  --data FOLDER           where data are kept (default .demo in the project)
${Object.entries(parts)
	.map(
		([name, { port, variable, what }]) =>
			`  --${`${name}-port N`.padEnd(21)} port of ${what} (default ${port}, or ${variable} in the environment)`,
	)
	.join('\n')}
  --help`;

/** @returns undefined when only help was wanted */
function readOptions(): { data?: string; watch: boolean; ports: Ports } | undefined {
	const options: Record<string, { type: 'string' | 'boolean' }> = {
		data: { type: 'string' },
		watch: { type: 'boolean' },
		help: { type: 'boolean' },
	};
	for (const name of Object.keys(parts)) options[`${name}-port`] = { type: 'string' };
	let values;
	try {
		({ values } = parseArgs({ options }));
	} catch (error) {
		throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${help}`);
	}
	if (values.help) return undefined;

	const ports: Record<string, number> = {};
	for (const [name, { port, variable }] of Object.entries(parts)) {
		const text = String(values[`${name}-port`] ?? process.env[variable] ?? port);
		const number = Number(text);
		if (!Number.isInteger(number) || number < 1 || number > 65535)
			throw new SetupError(`${text} is no port (--${name}-port)`);
		ports[name] = number;
	}
	return {
		data: values.data as string | undefined,
		watch: values.watch === true,
		ports: ports as Ports,
	};
}

async function checkPorts(ports: Ports) {
	const doubled = Object.values(ports).find((port, index, all) => all.indexOf(port) !== index);
	if (doubled) throw new SetupError(`Port ${doubled} is given to two parts. Choose different ones.`);
	for (const [name, port] of Object.entries(ports)) {
		const { variable, what } = parts[name as keyof typeof parts];
		if (await isFree(port)) continue;
		throw new SetupError(
			`Port ${port}, meant for ${what}, is in use: perhaps by another n8n, or by an npm start that still runs.\n` +
				`End that program, or choose another port: npm start -- --${name}-port ${port + 1000}   (or set ${variable}=${port + 1000})`,
		);
	}
}

const isWindows = process.platform === 'win32';

function build(cwd: string) {
	console.log('Building the nodes');
	const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], {
		cwd,
		encoding: 'utf8',
		shell: isWindows,
	});
	if (status !== 0) throw new SetupError(`The build failed.\n${stdout}${stderr}`);
}

/**
 * Builds what changes right into n8n, which then loads the nodes again.
 *
 * @returns ends it
 */
function watchNodes(dataDir: string): () => void {
	const { name } = createRequire(import.meta.url)('../package.json');
	const gulp = join(root, 'node_modules', 'gulp', 'bin', 'gulp.js');
	const builder = spawn(process.execPath, [gulp, 'watch'], {
		cwd: root,
		stdio: ['ignore', 'inherit', 'inherit'],
		env: { ...process.env, DIST_FOLDER: join(packageFolder(dataDir, name), 'dist') },
		// A group of its own, so that the compiler ends with it
		detached: !isWindows,
	});
	return () => {
		if (builder.pid === undefined || builder.exitCode !== null) return;
		process.kill(isWindows ? builder.pid : -builder.pid, 'SIGTERM');
	};
}

async function main() {
	const options = readOptions();
	if (!options) return console.log(help);

	let stop: () => Promise<void> = async () => process.exit(130);
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());

	await checkPorts(options.ports);
	build(root);
	await ensureN8n();

	const starting = new AbortController();
	stop = async () => starting.abort(new SetupError('Ended before everything had started.'));
	const stack = await startStack({
		dataDir: options.data ? resolve(options.data) : join(root, '.demo'),
		ports: options.ports,
		// The second reads only, and only for who has its token
		published: [MAIN_TEMPLATE, MCP_TEMPLATE],
		env: {
			// As in deploy/: sandboxes for expressions only where one is used, and their code compiled once
			N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
			N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true',
			...(options.watch && { N8N_DEV_RELOAD: 'true' }),
		},
		onStep: (step) => console.log(step),
		signal: starting.signal,
	});

	const endWatching = options.watch ? watchNodes(stack.dataDir) : () => {};
	const saving = setInterval(
		() => void stack.save().catch((error) => console.error(`The data cannot be saved: ${error.message}`)),
		2_000,
	);
	let stopping = false;
	stop = async () => {
		if (stopping) return;
		stopping = true;
		console.log('\nEnding n8n and the emulator ...');
		clearInterval(saving);
		endWatching();
		await stack.stop();
		console.log('Ended. The data are kept; npm start goes on from here.');
		process.exit();
	};
	void stack.ended.then(async () => {
		if (stopping) return;
		console.error(`n8n has ended by itself; its log is ${join(stack.dataDir, 'n8n.log')}`);
		process.exitCode = 1;
		await stop();
	});

	console.log(`
  Ready.

  n8n editor       ${stack.client.url}
    e-mail         ${OWNER.email}
    password       ${OWNER.password}
  Emulator page    ${stack.emulator.page.url}
  MCP server       ${stack.emulator.connection['MCP server URL']}
    token          ${MCP_TOKEN}

  Press "Buy" on the emulator page: seconds later the student stands in the
  enrolled list, and the execution is in n8n under "${stack.main?.name ?? 'Workflows'}".
  "Cancel" takes the student out again.

  Add the MCP server to Claude, or to another assistant on this machine, and
  ask: "Who is subscribed, and who of them has access?"

${options.watch ? '  Change the code, and n8n loads it seconds later. Then reload the editor.\n\n' : ''}  Ctrl-C ends everything. Data are kept in ${stack.dataDir}
`);
}

try {
	await main();
} catch (error) {
	console.error(error instanceof SetupError ? error.message : error);
	process.exit(1);
}
