// @ts-check
/**
 * Loaded into n8n by `--require`: counts the statements that n8n hands to its database, the bytes of their values, and the bytes of
 * the rows that come back, at the driver of SQLite or PostgreSQL. The signal SIGUSR2 writes the counts so far into the folder of the
 * variable COUNT_FOLDER, in a file named by the process.
 */
const { renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

const counts = { statements: 0, written: 0, read: 0 };

/**
 * @param {unknown} value
 * @returns {number} bytes of a value of a statement or of a row
 */
function bytesOf(value) {
	if (value === null || value === undefined) return 0;
	if (typeof value === 'string') return Buffer.byteLength(value);
	if (Buffer.isBuffer(value)) return value.length;
	if (value instanceof Date || typeof value !== 'object') return 8;
	return Object.values(value).reduce((sum, each) => sum + bytesOf(each), 0);
}

/** @param {unknown} parameters */
function sent(parameters) {
	counts.statements += 1;
	counts.written += bytesOf(parameters);
}

/** @param {any} sqlite3 */
function countSqlite({ Database: { prototype } }) {
	for (const name of ['run', 'get', 'all']) {
		const method = prototype[name];
		prototype[name] = function (/** @type {string} */ sql, /** @type {unknown[]} */ ...rest) {
			const callback = rest.at(-1);
			if (typeof callback !== 'function') {
				sent(rest);
				return method.call(this, sql, ...rest);
			}
			sent(rest.slice(0, -1));
			return method.call(
				this,
				sql,
				...rest.slice(0, -1),
				function (/** @type {unknown} */ error, /** @type {unknown} */ rows) {
					counts.read += bytesOf(rows);
					// @ts-expect-error The statement, which has the id of a new row
					return callback.call(this, error, rows);
				},
			);
		};
	}
}

/** @param {any} pg */
function countPostgres({ Client: { prototype } }) {
	const { query } = prototype;
	prototype.query = function (/** @type {any} */ sql, /** @type {any} */ parameters, /** @type {any} */ callback) {
		sent(typeof parameters === 'function' ? sql.values : (parameters ?? sql.values));
		const result = query.call(this, sql, parameters, callback);
		const read = (/** @type {any} */ answer) => {
			counts.read += bytesOf(answer.rows);
		};
		// Who asks sees the failure; here it has no rows
		if (typeof result?.then === 'function') result.then(read, () => {});
		return result;
	};
}

const DRIVERS = { sqlite3: countSqlite, pg: countPostgres };
const counted = new Set();
// @ts-expect-error Not documented, and the only place that sees every module
const load = Module._load;
// @ts-expect-error As above
Module._load = function (/** @type {string} */ name, /** @type {unknown[]} */ ...rest) {
	const loaded = load.call(this, name, ...rest);
	if ((name === 'sqlite3' || name === 'pg') && !counted.has(name)) {
		counted.add(name);
		DRIVERS[name](loaded);
	}
	return loaded;
};

process.on('SIGUSR2', () => {
	const file = join(process.env.COUNT_FOLDER ?? '', `${process.pid}.json`);
	// Appears when it is complete
	writeFileSync(`${file}.partial`, JSON.stringify(counts));
	renameSync(`${file}.partial`, file);
});
