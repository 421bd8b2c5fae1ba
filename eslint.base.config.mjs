/*
 * The tests and tools, which n8n's configuration does not see (.mts) or not with types (promises that nobody waits for), and
 * all rules of eslint-plugin-n8n-nodes-base in its current major version. n8n's own configuration (eslint.config.mjs, which
 * strict mode wants unchanged) brings an older major version and leaves some rules out; three of the left out ones contradict
 * the community rules and stay off here too.
 */
import js from '@eslint/js';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const plugins = { 'n8n-nodes-base': n8nNodesBase };
const languageOptions = { parser: tseslint.parser };

export default [
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
