/** `npm run emulator`: Hotmart and Teachable on this machine, with the dashboard page, until Ctrl-C. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { DEMO, startEmulator } from './index.ts';

const USAGE = `Usage: npm run emulator -- [--hotmart-port N] [--teachable-port N] [--page-port N] [--snapshot FILE]
Without ports free ones are taken. With --snapshot the state is read from FILE (if it exists) and kept in it.`;

const PARTS = ['hotmart', 'teachable', 'page'] as const;

function fail(message: string): never {
	console.error(message);
	process.exit(1);
}

function readArguments() {
	const text = { type: 'string' } as const;
	const ports = { 'hotmart-port': text, 'teachable-port': text, 'page-port': text };
	try {
		return parseArgs({ options: { ...ports, snapshot: text, help: { type: 'boolean', short: 'h' } } }).values;
	} catch (error) {
		return fail(`${(error as Error).message}\n${USAGE}`);
	}
}

/** Command line options; ends the process with a usage text when they are wrong. */
function readOptions() {
	const values = readArguments();
	if (values.help) {
		console.log(USAGE);
		process.exit(0);
	}
	const ports = { hotmart: 0, teachable: 0, page: 0 };
	for (const name of PARTS) {
		const value = values[`${name}-port`] ?? '0';
		if (!/^\d+$/.test(value) || Number(value) > 65535) fail(`--${name}-port is not a port: ${value}\n${USAGE}`);
		ports[name] = Number(value);
	}
	return { ports, snapshot: values.snapshot };
}

const { ports, snapshot: file } = readOptions();

const emulator = await startEmulator({ ports }).catch((error: NodeJS.ErrnoException & { port?: number }) => {
	if (error.code !== 'EADDRINUSE') throw error;
	const name = PARTS.find((part) => ports[part] === error.port) ?? 'page';
	return fail(
		`Port ${error.port} is in use: end the program that uses it, or choose another with --${name}-port (0 takes any free port).`,
	);
});

if (file !== undefined) {
	try {
		emulator.restore(JSON.parse(await readFile(file, 'utf8')));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
			await emulator.close();
			fail(`${file} holds no state of the emulator: ${(error as Error).message}\nRemove it to start afresh.`);
		}
	}
}

const { clientId, clientSecret, sandbox, hottok } = DEMO.hotmart;
console.log(`Dashboard page   ${emulator.page.url}

Hotmart API      ${emulator.hotmart.url}
  token URL      ${emulator.hotmart.tokenUrl}
  client ID      ${clientId}
  client secret  ${clientSecret}
  sandbox client ${sandbox.clientId} / ${sandbox.clientSecret} (refused here, as by the real production host)
  hottok         ${hottok}

Teachable API    ${emulator.teachable.url}
  API key        ${DEMO.teachable.apiKey}

Ctrl-C ends it.`);

let written = Promise.resolve();
/** Writes the state, one write after another; through a second file, so that a crash leaves the old one. */
function save() {
	written = written.then(async () => {
		if (file === undefined) return;
		await writeFile(`${file}.new`, JSON.stringify(emulator.snapshot()));
		await rename(`${file}.new`, file);
	});
	return written;
}

let ending = false;
async function end() {
	if (ending) return;
	ending = true;
	clearInterval(saving);
	await save();
	await emulator.close();
	process.exit(0);
}
const saving = setInterval(save, 2000);
process.on('SIGINT', () => void end());
process.on('SIGTERM', () => void end());
