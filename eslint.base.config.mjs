/*
 * All rules of eslint-plugin-n8n-nodes-base in its current major version. n8n's own configuration (eslint.config.mjs, which
 * strict mode wants unchanged) brings an older major version and leaves some rules out; three of the left out ones contradict
 * the community rules and stay off here too.
 */
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const plugins = { 'n8n-nodes-base': n8nNodesBase };
const languageOptions = { parser: tseslint.parser };

export default [
	{ ignores: ['dist/', '.demo/', 'test/', 'tools/', 'node_modules/', '*.js', '*.mjs'] },
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
