// n8n logs the error of every node that fails, and many tests let nodes fail; what they assert on is the error itself.
process.env.N8N_LOG_LEVEL = 'silent';

module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/{unit,nodes,oracle}/**/*.test.ts'],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/n8n/', '<rootDir>/test/e2e/', '<rootDir>/.demo/'],
	// Types are checked by `npm run lint`, once for all files.
	transform: { '\\.ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json', diagnostics: false }] },
	// By default one processor is kept free, although many tests only wait for a rate limit or a repetition.
	maxWorkers: '100%',
	setupFiles: ['reflect-metadata'],
	globals: {
		// The same lives each time, so that a red run is about the change. `ORACLE_LIVES=5000 ORACLE_SEED=7 npx jest test/oracle` runs others.
		ORACLE: {
			lives: Number(process.env.ORACLE_LIVES ?? 240),
			seed: Number(process.env.ORACLE_SEED ?? 4),
		},
	},
	// A quarter of it is enough on a fast machine; continuous integration often has none.
	testTimeout: 120_000,
};
