const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src, watch } = require('gulp');

/** What the compiler leaves behind: icons, codex files and the output previews of the editor. */
const ASSETS = ['{credentials,nodes}/**/*.{svg,png}', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

const tsc = (...options) =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), ...options], { stdio: 'inherit' });

const clean = () => rm('dist', { recursive: true, force: true });

/** Every source file becomes the file of the same name in dist/, so that a published file is found in the repository. */
const compile = () => tsc();

const assets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));

exports.build = series(clean, parallel(compile, assets));

/** Builds whatever changes. An n8n that runs with N8N_DEV_RELOAD=true and has this folder among its custom nodes loads it again. */
exports.watch = series(
	exports.build,
	parallel(
		() => tsc('--watch', '--preserveWatchOutput'),
		() => watch(ASSETS, assets),
	),
);
