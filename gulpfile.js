const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src, watch } = require('gulp');

/** What tsc leaves behind: icons, codex files and the output previews of the editor. */
const ASSETS = ['{credentials,nodes}/**/*.{svg,png}', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];
const SOURCES = '{credentials,nodes}/**/*.ts';

const clean = () => rm('dist', { recursive: true, force: true });

const compile = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });

const assets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));

const build = series(clean, parallel(compile, assets));

exports.build = build;
exports.watch = series(build, () => {
	watch(SOURCES, compile);
	watch(ASSETS, assets);
});
