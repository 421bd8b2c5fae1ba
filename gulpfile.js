const { spawn } = require('node:child_process');
const { mkdir, rm, writeFile } = require('node:fs/promises');
const { posix } = require('node:path');
const { build: bundle } = require('esbuild');
const { dest, parallel, series, src, watch } = require('gulp');

const { n8n } = require('./package.json');

/** What a compiler leaves behind: icons, codex files and the output previews of the editor. */
const ASSETS = ['{credentials,nodes}/**/*.{svg,png}', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];
const SOURCES = '{credentials,nodes}/**/*.ts';
const BUNDLE = 'dist/index.js';

const clean = () => rm('dist', { recursive: true, force: true });

const check = () => spawn(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit'], { stdio: 'inherit' });

/**
 * Puts all code into one file, not minified, since n8n waits at every start until Node.js has found and compiled each file on its
 * own. Where package.json says that a node or credential is, there is one that hands it on, beside its icon.
 */
async function compile() {
	const classes = [...n8n.credentials, ...n8n.nodes].map((file) => ({
		file,
		name: posix.basename(file).split('.')[0],
	}));
	const source = (file) => `./${posix.relative('dist', file).replace(/\.js$/, '')}`;
	await bundle({
		stdin: {
			contents: classes.map(({ file, name }) => `export { ${name} } from '${source(file)}';`).join('\n'),
			resolveDir: __dirname,
		},
		outfile: BUNDLE,
		bundle: true,
		// A dependency would not be put into the file but stay a require, which n8n's scanner finds.
		packages: 'external',
		platform: 'node',
		target: 'node20',
		format: 'cjs',
	});
	for (const { file, name } of classes) {
		const folder = posix.dirname(file);
		await mkdir(folder, { recursive: true });
		await writeFile(file, `exports.${name} = require('${posix.relative(folder, BUNDLE)}').${name};\n`);
	}
}

const assets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));

const build = series(clean, parallel(check, compile, assets));

exports.build = build;
exports.watch = series(build, () => {
	watch(SOURCES, parallel(check, compile));
	watch(ASSETS, assets);
});
