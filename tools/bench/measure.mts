/** Rounds in turn, medians with their spread, and how numbers are written. */

/** Median, smallest and largest of some figures. */
export interface Figure {
	median: number;
	min: number;
	max: number;
}

/** @param values at least one */
export function summarize(values: number[]): Figure {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
	return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/**
 * Measures every contender once a round, A B C A B C ..., so that a machine whose speed changes is equally fast for all of
 * them. Every other round goes backwards: nobody always follows the same neighbor.
 * @returns the results of each, one a round
 */
export async function inTurn<Name extends string, Result>(
	rounds: number,
	contenders: Record<Name, (round: number) => Promise<Result>>,
): Promise<Record<Name, Result[]>> {
	const names = Object.keys(contenders) as Name[];
	const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
	for (let round = 0; round < rounds; round++) {
		for (const name of round % 2 === 0 ? names : [...names].reverse())
			results[name].push(await contenders[name](round));
	}
	return results;
}

/**
 * How many times the one is the other, compared within each round.
 * @param others measured in the same rounds
 */
export const ratio = (values: number[], others: number[]): Figure =>
	summarize(values.map((value, round) => value / others[round]!));

/** A number as it is written in English, such as 1,234.5. */
export const number = (value: number, digits = 0) =>
	value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A figure with its spread, such as "12 (10 to 15)"; without a spread, the figure alone. */
export function figure({ median, min, max }: Figure, digits = 0, unit = '') {
	const spread = min === max ? '' : ` (${number(min, digits)} to ${number(max, digits)})`;
	return `${number(median, digits)}${unit}${spread}`;
}

/** A table in Markdown. */
export function table(head: string[], rows: string[][]) {
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
