// @ts-check
/**
 * Loaded into n8n by `--require`: the signal SIGUSR2 starts V8's sampling profiler, and the next one ends it and writes what it
 * saw to the file of the variable PROFILE_FILE, in the format that Chromium's developer tools open.
 */
const { renameSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');

/** @type {Session | undefined} */
let session;

process.on('SIGUSR2', () => {
	if (!session) {
		session = new Session();
		session.connect();
		session.post('Profiler.enable');
		session.post('Profiler.setSamplingInterval', { interval: 1000 });
		session.post('Profiler.start');
		return;
	}
	const { PROFILE_FILE = '' } = process.env;
	session.post('Profiler.stop', (error, result) => {
		if (error) throw error;
		// Appears when it is complete
		writeFileSync(`${PROFILE_FILE}.partial`, JSON.stringify(result.profile));
		renameSync(`${PROFILE_FILE}.partial`, PROFILE_FILE);
	});
	session.disconnect();
	session = undefined;
});
