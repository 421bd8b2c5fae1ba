/*
 * The tests and tools, which n8n's configuration does not see (.mts) or not with types (promises that nobody waits for), and
 * all rules of eslint-plugin-n8n-nodes-base in its current major version. n8n's own configuration (eslint.config.mjs, which
 * strict mode wants unchanged) brings an older major version and leaves some rules out; three of the left out ones contradict
 * the community rules and stay off here too.
 */
import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const plugins = { 'n8n-nodes-base': n8nNodesBase };
const languageOptions = { parser: tseslint.parser };

/** Which room may not import from which (CONTRIBUTING, Rooms): imports point right or down. */
const zones = [
	{ target: './nodes', from: ['./test', './tools'] },
	{ target: './nodes/Hotmart', from: './nodes/Teachable' },
	{ target: './nodes/Teachable', from: './nodes/Hotmart' },
	{ target: './nodes/shared', from: ['./nodes/Hotmart', './nodes/Teachable'] },
	{ target: './nodes/Hotmart/vocabulary', from: './nodes/Hotmart', except: ['./vocabulary'] },
	{ target: './nodes/Hotmart/access', from: './nodes/Hotmart', except: ['./access', './vocabulary'] },
	{ target: './nodes/Hotmart/api', from: './nodes/Hotmart', except: ['./api', './vocabulary'] },
	{ target: './nodes/Hotmart/trigger', from: ['./nodes/Hotmart/resources', './nodes/Hotmart/polling'] },
	{ target: './nodes/Hotmart/polling', from: './nodes/Hotmart/resources' },
	{ target: './nodes/Hotmart/resources', from: ['./nodes/Hotmart/trigger', './nodes/Hotmart/polling'] },
	{ target: './nodes/Teachable/api', from: ['./nodes/Teachable/resources', './nodes/Teachable/trigger'] },
	{ target: './nodes/Teachable/trigger', from: './nodes/Teachable/resources' },
	{ target: './nodes/Teachable/resources', from: './nodes/Teachable/trigger' },
	{ target: './credentials', from: ['./nodes', './test', './tools'] },
];

export default [
	// n8n's own rules are on in the other configuration, where some lines of tests are excepted from them
	{
		plugins: { '@n8n/community-nodes': n8nCommunityNodesPlugin },
		linterOptions: { reportUnusedDisableDirectives: 'off' },
	},
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		languageOptions,
		plugins: { 'import-x': importX },
		settings: {
			'import-x/resolver-next': [createTypeScriptImportResolver()],
			// Without a parser no-cycle cannot read what a file imports, and finds nothing
			'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
		},
		rules: {
			'import-x/no-restricted-paths': ['error', { zones }],
			'import-x/no-cycle': 'error',
			'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
		},
	},
	{ ignores: ['dist/', '.demo/', 'node_modules/', 'test/e2e/artifacts/', '*.js', '*.mjs'] },
	...tseslint.config({
		files: ['test/**/*.{ts,mts}', 'tools/**/*.{ts,mts}'],
		extends: [js.configs.recommended, tseslint.configs.recommended],
		languageOptions: { parserOptions: { project: 'test/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
		rules: {
			// The type checker knows undefined names better
			'no-undef': 'off',
			// What n8n's internal API answers has no types
			'@typescript-eslint/no-explicit-any': 'off',
			'@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
			'@typescript-eslint/no-floating-promises': [
				'error',
				{ allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'it', 'test'] }] },
			],
			'@typescript-eslint/await-thenable': 'error',
		},
	}),
	{
		files: ['package.json'],
		plugins,
		languageOptions: { ...languageOptions, parserOptions: { extraFileExtensions: ['.json'] } },
		rules: n8nNodesBase.configs.community.rules,
	},
	{
		files: ['credentials/**/*.ts'],
		plugins,
		languageOptions,
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		plugins,
		languageOptions,
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
		},
	},
];
