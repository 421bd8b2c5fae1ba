import { read } from './titles';

/** The blocks of code in CONTRIBUTING.md that say of which file they are the whole (`file=`) or a part (`in=`). */
const BLOCKS = [...read('CONTRIBUTING.md').matchAll(/^( *)```ts(?: (?:file|in)=(\S+))?\n([^]*?)\n *```/gm)].map(
	([, indent = '', path = '', block = '']) => ({
		path,
		code: block
			.split('\n')
			.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
			.join('\n'),
	}),
);

test('CONTRIBUTING.md shows code', () => expect(BLOCKS.length).toBeGreaterThanOrEqual(3));

test.each(BLOCKS)('the code that it shows of $path is really there', ({ path, code }) => {
	expect(code.trim()).not.toBe('');
	expect(read(path)).toContain(code);
});
