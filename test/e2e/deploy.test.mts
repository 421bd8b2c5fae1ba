import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { waitFor } from '../n8n/client.mts';
import { freePorts } from '../n8n/process.mts';
import { deployFolder, fillInEnv, program, readServices } from '../n8n/queue-stack.mts';

/** The files of deploy/ without n8n: what each of them does alone. */
const host = '127.0.0.1';
const ends: Array<() => unknown> = [];
let folder = '';

before(async () => {
	folder = await mkdtemp(join(tmpdir(), 'deploy-'));
});
after(async () => {
	for (const end of ends.reverse()) await end();
	await rm(folder, { recursive: true, force: true });
});

function start(command: string, args: string[], env: Record<string, string> = {}): ChildProcess {
	const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env }, stdio: 'ignore' });
	ends.push(() => child.kill('SIGKILL'));
	return child;
}

describe('docker-compose.yml', () => {
	const megabytes = (text = '') => Number(/^(\d+)m$/.exec(text)?.[1]);

	it('limits the memory of every service, less than 8 GB in all, and the heaps below that', async () => {
		const services = Object.entries(await readServices(await fillInEnv())) as Array<
			[string, { mem_limit?: string; deploy?: { replicas: string }; environment?: Record<string, string> }]
		>;
		const sizes = services.map(([name, { mem_limit: limit, deploy }]) => {
			assert.ok(megabytes(limit) > 0, `${name} has no limit`);
			return megabytes(limit) * Number(deploy?.replicas ?? 1);
		});
		const sum = sizes.reduce((total, size) => total + size, 0);
		assert.ok(sum < 8 * 1000, `${sum} MB`);
		for (const [name, { mem_limit: limit, environment }] of services) {
			const heap = /--max-old-space-size=(\d+)/.exec(environment?.NODE_OPTIONS ?? '')?.[1];
			assert.equal(heap !== undefined, ['main', 'worker', 'webhook'].includes(name), name);
			if (heap) assert.ok(Number(heap) <= megabytes(limit) * 0.7, name);
		}
	});

	it('names a version and a digest of every image that it does not build', async () => {
		const text = await readFile(join(deployFolder, 'docker-compose.yml'), 'utf8');
		const images = [...text.matchAll(/^ *image: (.*)$/gm)].map(([, image = '']) => image);
		for (const image of images.filter((name) => !name.startsWith('n8n-hotmart-teachable:'))) {
			assert.match(image, /^[a-z]+:\d+\.\d+(\.\d+)?-alpine\$\{[A-Z]+_DIGEST:-\}$/);
		}
		const dockerfile = await readFile(join(deployFolder, 'Dockerfile'), 'utf8');
		for (const [, from] of dockerfile.matchAll(/^FROM (\S+)/gm)) assert.equal(from, 'n8nio/n8n:${N8N_VERSION}');
	});

	it('has the metrics on, and the settings that make more webhooks a second in every process of n8n', async () => {
		const services = await readServices(await fillInEnv());
		const { N8N_METRICS, N8N_METRICS_INCLUDE_QUEUE_METRICS } = services.main!.environment ?? {};
		assert.deepEqual([N8N_METRICS, N8N_METRICS_INCLUDE_QUEUE_METRICS], ['true', 'true']);
		const ofN8n = Object.entries(services).filter(([, { image }]) => image.startsWith('n8n-hotmart-teachable:'));
		assert.deepEqual(ofN8n.map(([name]) => name).sort(), ['main', 'webhook', 'worker']);
		for (const [name, { environment = {} }] of ofN8n) {
			for (const setting of ['N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE', 'N8N_EXPRESSION_ENGINE_COMPILE_CACHE'])
				assert.equal(environment[setting], 'true', `${name}: ${setting}`);
		}
	});

	it('publishes no port but those of the proxy', async () => {
		const services = await readServices(await fillInEnv());
		const published = Object.entries(services).filter(([, service]) => 'ports' in service);
		assert.deepEqual(
			published.map(([name]) => name),
			['proxy'],
		);
	});

	it('lets no worker start before what saves its work', async () => {
		const { worker, 'stalled-jobs': saver } = (await readServices(await fillInEnv())) as unknown as Record<
			string,
			{ depends_on: Record<string, object>; deploy: { replicas: number } }
		>;
		assert.deepEqual(worker?.depends_on['stalled-jobs'], { condition: 'service_healthy' });
		assert.ok(saver!.deploy.replicas >= 2);
	});
});

describe('pin.sh', () => {
	it('writes the digest of each image to .env, and nothing else', async () => {
		const copy = join(folder, 'pin');
		await cp(deployFolder, copy, { recursive: true });
		await cp(join(copy, '.env.example'), join(copy, '.env'));
		const bin = join(folder, 'pin-bin');
		await mkdir(bin);
		const docker = '#!/bin/sh\n[ "$1" = pull ] || echo "docker.io/$5@sha256:of-$5"\n';
		await writeFile(join(bin, 'docker'), docker, { mode: 0o755 });
		const { status, stderr } = spawnSync(join(copy, 'pin.sh'), { env: { PATH: `${bin}:${process.env.PATH}` } });
		assert.equal(status, 0, String(stderr));
		const [before, after] = await Promise.all(
			['.env.example', '.env'].map(async (name) => await readFile(join(copy, name), 'utf8')),
		);
		assert.match(after!, /^POSTGRES_DIGEST=@sha256:of-postgres:17\.7-alpine$/m);
		assert.match(after!, /^REDIS_DIGEST=@sha256:of-redis:7\.4\.6-alpine$/m);
		assert.match(after!, /^CADDY_DIGEST=@sha256:of-caddy:2\.10\.2-alpine$/m);
		assert.equal(after!.replace(/(_DIGEST=).*/g, '$1'), before);
	});
});

describe('stalled-jobs.sh', () => {
	const password = 'secret';

	it('saves the jobs in work through a restart of Redis and the death of one of two', async () => {
		const [port = 0] = await freePorts(1);
		const redis = program('redis-server')!;
		const args = [
			'--port',
			String(port),
			'--bind',
			host,
			'--requirepass',
			password,
			'--save',
			'',
			'--appendonly',
			'no',
		];
		const cli = (...command: string[]) =>
			spawnSync(program('redis-cli')!, ['-h', host, '-p', String(port), '-e', ...command], {
				encoding: 'utf8',
				env: { ...process.env, REDISCLI_AUTH: password },
			});
		const isUp = async () => cli('ping').status === 0;
		const work = (id: string) => {
			cli('HSET', `bull:jobs:${id}`, 'data', '{}');
			cli('LPUSH', 'bull:jobs:active', id);
		};
		const isSaved = (id: string) => async () => cli('HGET', `bull:jobs:${id}`, 'stalledCounter').stdout.trim() === '-2';

		const first = start(redis, args);
		await waitFor(isUp, 'Redis', 10_000);
		const savers = ['1', '2'].map((name) =>
			start('sh', [join(deployFolder, 'stalled-jobs.sh')], {
				REDIS_HOST: host,
				REDIS_PORT: String(port),
				REDISCLI_AUTH: password,
				ALIVE_FILE: join(folder, `alive-${name}`),
			}),
		);
		work('1');
		await waitFor(isSaved('1'), 'the first job to be saved', 15_000);
		assert.equal(cli('HGET', 'bull:jobs:1', 'data').stdout.trim(), '{}');
		assert.deepEqual((await readdir(folder)).filter((name) => name.startsWith('alive')).sort(), ['alive-1', 'alive-2']);

		first.kill('SIGKILL');
		savers[0]!.kill('SIGKILL');
		await waitFor(async () => !(await isUp()), 'Redis to be gone', 10_000);
		await new Promise((done) => setTimeout(done, 6_000));
		start(redis, args);
		await waitFor(isUp, 'Redis again', 10_000);
		work('2');
		// One that is gone since gets no record of its own
		cli('LPUSH', 'bull:jobs:active', '3');
		await waitFor(isSaved('2'), 'the second job to be saved', 15_000);
		assert.equal(cli('EXISTS', 'bull:jobs:3').stdout.trim(), '0');
	});

	it('is unhealthy where Redis refuses it, and so is Redis', async () => {
		const [port = 0] = await freePorts(1);
		start(program('redis-server')!, ['--port', String(port), '--bind', host, '--requirepass', password, '--save', '']);
		const { redis } = await readServices(await fillInEnv());
		const [, command, ...args] = redis.healthcheck!.test;
		const check = (auth: string) =>
			spawnSync(command!, ['-p', String(port), ...args], { env: { PATH: process.env.PATH, REDISCLI_AUTH: auth } })
				.status;
		await waitFor(async () => check(password) === 0, 'Redis', 10_000);
		assert.notEqual(check(''), 0);
		assert.notEqual(check('wrong'), 0);
		const alive = join(folder, 'alive-refused');
		start('sh', [join(deployFolder, 'stalled-jobs.sh')], {
			REDIS_HOST: host,
			REDIS_PORT: String(port),
			REDISCLI_AUTH: 'wrong',
			ALIVE_FILE: alive,
		});
		await new Promise((done) => setTimeout(done, 2_000));
		await assert.rejects(readFile(alive));
	});
});

describe('the proxy', () => {
	/** Requests that arrived whole. */
	const seen: string[] = [];
	const upstream = async (name: string) => {
		const server = createServer((request, response) => {
			request.resume().on('end', () => {
				seen.push(`${name} ${request.url}`);
				response.end(name);
			});
		});
		await new Promise<void>((done) => server.listen(0, host, done));
		ends.push(() => server.close());
		return `${host}:${(server.address() as { port: number }).port}`;
	};
	const proxy = async (editorFrom: string, webhooks?: string, env: Record<string, string> = {}) => {
		const [port = 0] = await freePorts(1);
		const { proxy: service } = await readServices(await fillInEnv());
		start('caddy', ['run', '--config', join(deployFolder, 'Caddyfile'), '--adapter', 'caddyfile'], {
			...service.environment,
			HOME: folder,
			XDG_CONFIG_HOME: folder,
			XDG_DATA_HOME: folder,
			// Debian's Caddy is older than that of the image
			BUFFERING: 'buffer_requests',
			SITE_ADDRESS: `http://${host}:${port}`,
			EDITOR_FROM: editorFrom,
			MAIN_UPSTREAM: await upstream('main'),
			WEBHOOK_UPSTREAMS: webhooks ?? (await upstream('webhook')),
			...env,
		});
		const url = `http://${host}:${port}`;
		const ask = async (path: string, body?: string) => {
			const response = await fetch(url + path, { method: body === undefined ? 'GET' : 'POST', body });
			return response.status === 200 ? await response.text() : response.status;
		};
		await waitFor(async () => (await ask('/webhook/x').catch(() => '')) === 'webhook', 'the proxy', 15_000);
		return { ask, port };
	};
	const paths = ['/webhook/a', '/healthz/readiness', '/webhook-test/a', '/form/a', '/webhook-waiting/1', '/signin'];
	const more = ['/', '/api/v1/workflows', '/rest/login', '/metrics', '/mcp/a', '/healthz', '/webhook'];

	it('lets everybody reach webhooks and the readiness alone', async () => {
		const { ask } = await proxy('192.0.2.1');
		const answers = [];
		for (const path of [...paths, ...more]) answers.push(await ask(path));
		assert.deepEqual(answers, [
			'webhook',
			'webhook',
			...Array.from({ length: paths.length - 2 + more.length }, () => 404),
		]);
		// No way around by the spelling of a path
		for (const path of [
			'/webhook/../rest/login',
			'/webhook/%2e%2e/rest/login',
			'//rest/login',
			'/webhook%2F..%2Frest',
		]) {
			assert.notEqual(await ask(path), 'main', path);
		}
	});

	it('shows the editor to those who may see it', async () => {
		const { ask } = await proxy(`192.0.2.1 ${host}`);
		const answers = [];
		for (const path of paths) answers.push(await ask(path));
		assert.deepEqual(answers, ['webhook', 'webhook', 'main', 'webhook', 'webhook', 'main']);
	});

	it('shows the metrics to the same addresses only, however the path is spelled, and the uptime check to everybody', async () => {
		const outside = await proxy('192.0.2.1');
		const inside = await proxy(host);
		for (const path of [
			'/metrics',
			'/metrics/',
			'/metrics?a=/webhook/a',
			'//metrics',
			'/metric%73',
			'/webhook/../metrics',
		])
			assert.notEqual(await outside.ask(path), 'main', path);
		assert.equal(await outside.ask('/metrics'), 404);
		assert.equal(await inside.ask('/metrics'), 'main');
		// The readiness of what takes the events, and not of main
		assert.equal(await outside.ask('/healthz/readiness'), 'webhook');
	});

	it('takes 16 MiB of a webhook where .env says so, no more, and tells n8n nothing of a body that is not whole', async () => {
		const { ask, port } = await proxy('192.0.2.1', undefined, { WEBHOOK_MAX_SIZE: '16MiB' });
		assert.equal(await ask('/webhook/fits', 'x'.repeat(15 * 1024 * 1024)), 'webhook');
		// 413; Caddy before 2.7 says 502 of a body that it buffers
		assert.ok([413, 502].includes(Number(await ask('/webhook/large', 'x'.repeat(17 * 1024 * 1024)))));
		const half = connect(port, host);
		half.on('error', () => {});
		half.write(
			`POST /webhook/half HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(5000)}`,
		);
		await new Promise((done) => setTimeout(done, 1_500));
		half.destroy();
		assert.ok(seen.includes('webhook /webhook/fits'));
		assert.ok(!seen.some((request) => /half|large/.test(request)), seen.join());
	});

	it('takes 1 MiB of a webhook by default, and keeps no more of a half-sent one', async () => {
		const { ask, port } = await proxy('192.0.2.1');
		assert.equal(await ask('/webhook/small', 'x'.repeat(1_000_000)), 'webhook');
		assert.ok([413, 502].includes(Number(await ask('/webhook/larger', 'x'.repeat(1_100_000)))));
		const half = connect(port, host);
		half.on('error', () => {});
		const ended = new Promise<string>((done) => {
			half.on('data', (answer) => done(String(answer)));
			half.on('close', () => done('closed'));
		});
		half.write(
			`POST /webhook/half-large HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Length: 16000000\r\n\r\n${'x'.repeat(1_100_000)}`,
		);
		// At once, and not when the time for a body is over
		const waited = new Promise<string>((done) => setTimeout(() => done('still open'), 5_000).unref());
		assert.match(await Promise.race([ended, waited]), /^HTTP\/1\.1 (413|502)|^closed/);
		half.destroy();
		assert.ok(!seen.some((request) => /larger|half-large/.test(request)), seen.join());
	});

	it('hands on each webhook as it came, also while a webhook process dies and comes back', async () => {
		// Answers with what it got
		const echo: RequestListener = (request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => setTimeout(() => response.end(Buffer.concat(chunks).toString() || 'webhook'), 20));
		};
		const [stable, dying] = [createServer(echo), createServer(echo)];
		const ports = await freePorts(2);
		const listen = async (server: Server, port?: number) =>
			await new Promise<void>((done) => void server.listen(port, host, done));
		await listen(stable, ports[0]);
		await listen(dying, ports[1]);
		const die = () => {
			dying.close();
			dying.closeAllConnections();
		};
		ends.push(() => stable.close(), die);
		const { ask } = await proxy('192.0.2.1', ports.map((port) => `${host}:${port}`).join(' '));

		let [isOver, next, accepted, refused] = [false, 1_000_000, 0, 0];
		const others: string[] = [];
		const send = async () => {
			while (!isOver) {
				// All of one length, as those of Hotmart often are
				const body = JSON.stringify({ id: (next += 1), filled: 'x'.repeat(2_000) });
				const answer = await ask('/webhook/a', body);
				if (answer === body) accepted += 1;
				else if (answer === 502 || answer === 503) refused += 1;
				else others.push(String(answer).slice(0, 40));
			}
		};
		const senders = Array.from({ length: 40 }, send);
		for (let death = 0; death < 3; death++) {
			await new Promise((done) => setTimeout(done, 1_500));
			die();
			await new Promise((done) => setTimeout(done, 1_500));
			await listen(dying, ports[1]);
		}
		isOver = true;
		await Promise.all(senders);
		assert.deepEqual(others, []);
		assert.ok(refused > 0 && accepted > 0, `${accepted} accepted, ${refused} refused`);
	});
});

describe('backup.sh and restore.sh', () => {
	/** The scripts with a `docker compose exec` that plays what a container does. */
	async function prepare(name: string, play: string) {
		const copy = join(folder, name);
		await cp(deployFolder, copy, { recursive: true });
		const bin = join(folder, `${name}-bin`);
		await mkdir(bin);
		await writeFile(join(bin, 'docker'), `#!/bin/sh\nshift\n${play}\n`, { mode: 0o755 });
		await writeFile(join(bin, 'rclone'), '#!/bin/sh\necho "copied $2 to $3"\n', { mode: 0o755 });
		const run = (script: string, args: string[] = [], env = {}) =>
			spawnSync(join(copy, script), args, { encoding: 'utf8', env: { PATH: `${bin}:${process.env.PATH}`, ...env } });
		return { copy, run };
	}
	const good =
		'case "$*" in *pg_dump*) echo dump ;; *--list*) for t in workflow credentials execution; do echo "1; TABLE DATA public ${t}_entity n8n"; done ;; esac';

	it('keep no backup that is empty or lacks a table', async () => {
		for (const [name, play] of [
			['nothing', 'case "$*" in *pg_dump*) ;; *) echo "could not read" >&2; exit 1 ;; esac'],
			['lacking', 'echo "1; TABLE DATA public workflow_entity n8n"'],
			['ended', 'case "$*" in *pg_dump*) echo half; exit 1 ;; esac'],
		] as const) {
			const { copy, run } = await prepare(name, play);
			const { status, stdout } = run('backup.sh');
			assert.notEqual(status, 0, name);
			assert.equal(stdout, '');
			assert.deepEqual(await readdir(join(copy, 'backups')), []);
		}
	});

	it('name each backup by the second, and copy it to a second place', async () => {
		const { copy, run } = await prepare('good', good);
		const { status, stdout } = run('backup.sh', [], { BACKUP_TO: 'offsite:n8n' });
		assert.equal(status, 0);
		const [file = ''] = await readdir(join(copy, 'backups'));
		assert.match(file, /^n8n-\d{4}-\d\d-\d\d-\d{6}\.dump$/);
		assert.equal(stdout, `backups/${file}\ncopied backups/${file} to offsite:n8n\n`);
	});

	it('say what a restore that broke off has changed', async () => {
		const breaks = [
			['pg_restore', /did not end\. Nothing was changed/],
			['psql', /did not end\. n8n is stopped and the database is as it was/],
			['flushall', /did not end\. The database is the one of the backup/],
		] as const;
		for (const [command, message] of breaks) {
			const { copy, run } = await prepare(`broken-${command}`, `case "$*" in *${command}*) exit 1 ;; esac`);
			await writeFile(join(copy, 'a.dump'), 'dump');
			const { status, stderr } = run('restore.sh', ['a.dump']);
			assert.notEqual(status, 0);
			assert.match(stderr, message);
			assert.ok(!(await readdir(copy)).some((file) => file.startsWith('restore.') && file !== 'restore.sh'));
		}
	});
});
