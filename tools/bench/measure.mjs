// @ts-check
/** Rounds in turn, medians with their spread, and how numbers are written. */

/**
 * Median, smallest and largest of some figures.
 * @typedef {{ median: number, min: number, max: number }} Figure
 */

/**
 * @param {number[]} values at least one
 * @returns {Figure}
 */
export function summarize(values) {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
	return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/**
 * Measures every contender once a round, A B C A B C ..., so that a machine whose speed changes is equally fast for all of
 * them. Every other round goes backwards: nobody always follows the same neighbour.
 * @template {string} Name
 * @template Result
 * @param {number} rounds
 * @param {Record<Name, (round: number) => Promise<Result>>} contenders
 * @returns {Promise<Record<Name, Result[]>>} the results of each, one a round
 */
export async function inTurn(rounds, contenders) {
	const names = /** @type {Name[]} */ (Object.keys(contenders));
	const results = /** @type {Record<Name, Result[]>} */ (
		/** @type {unknown} */ (Object.fromEntries(names.map((name) => [name, []])))
	);
	for (let round = 0; round < rounds; round++) {
		for (const name of round % 2 === 0 ? names : [...names].reverse())
			results[name].push(await contenders[name](round));
	}
	return results;
}

/**
 * How many times the one is the other, compared within each round.
 * @param {number[]} values
 * @param {number[]} others measured in the same rounds
 * @returns {Figure}
 */
export const ratio = (values, others) => summarize(values.map((value, round) => value / others[round]));

/** @param {number} value */
export const number = (value, digits = 0) =>
	value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/**
 * A figure with its spread, such as "12 (10 to 15)"; one that never differs stands alone.
 * @param {Figure} figure
 */
export function figure({ median, min, max }, digits = 0, unit = '') {
	const spread = min === max ? '' : ` (${number(min, digits)} to ${number(max, digits)})`;
	return `${number(median, digits)}${unit}${spread}`;
}

/**
 * A table in Markdown.
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function table(head, rows) {
	const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
