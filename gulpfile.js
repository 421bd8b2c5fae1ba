const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src, watch } = require('gulp');

/** What the compiler leaves behind: icons, codex files and the output previews of the editor. */
const ASSETS = ['{credentials,nodes}/**/*.{svg,png}', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

const tsc = (...options) =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), ...options], { stdio: 'inherit' });

/** Where the package is built: here, or in the n8n of `npm run dev`. */
const DIST = process.env.DIST_FOLDER ?? 'dist';

const clean = () => rm(DIST, { recursive: true, force: true });

/** Every source file becomes the file of the same name in dist/, so that a published file is found in the repository. */
const compile = () => tsc('--outDir', DIST);

const assets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest(DIST));

exports.build = series(clean, parallel(compile, assets));

/** Builds whatever changes: `npm run dev` has it do so in its n8n. */
exports.watch = parallel(
	assets,
	() => tsc('--outDir', DIST, '--watch', '--preserveWatchOutput'),
	() => watch(ASSETS, assets),
);
