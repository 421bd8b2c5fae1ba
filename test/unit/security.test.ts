import packageJson from '../../package.json';
import { read, titlesOf } from './titles';

describe('SECURITY.md', () => {
	const rows = read('SECURITY.md')
		.split('\n')
		.filter((line) => line.startsWith('| '))
		.slice(2)
		.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
	const named = rows.flatMap(([threat, , tests = '']) =>
		tests.split(' · ').flatMap((part) => {
			const [, path = part, names = ''] = /^`([^`]+)`: (.*)$/.exec(part) ?? [];
			const titles = [...names.matchAll(/"([^"]+)"/g)].map(([, title]) => title!);
			// Nothing but names may be left, so that no name is overlooked.
			const rest = names.replace(/"[^"]+"(, )?/g, '');
			if (titles.length === 0 || rest !== '') return [{ threat, path, title: `unreadable: ${part}` }];
			return titles.map((title) => ({ threat, path, title }));
		}),
	);

	test('names a threat, an answer and a test in every row of its table', () => {
		expect(rows.length).toBeGreaterThan(10);
		for (const row of rows) expect([row.length, row.every((cell) => cell.trim() !== '')]).toEqual([3, true]);
	});

	test.each(named)('$threat: "$title" is a test of $path', ({ path, title }) => {
		expect(titlesOf(path)).toContain(title);
	});
});

test('the page of the emulator writes text only, never HTML but in a frame without scripts', () => {
	const [script, html] = ['page.js', 'index.html'].map((name) => read(`test/emulator/page/public/${name}`)) as [
		string,
		string,
	];
	expect(script).toContain('textContent');
	expect(script).not.toMatch(
		/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|setAttribute\('on/,
	);
	expect(html).not.toMatch(/<script(?![^>]*\ssrc="page\.js")|\son\w+=/);
	for (const [, id] of script.matchAll(/\$\('([^']+)'\)\.srcdoc/g)) {
		const [, sandbox] = new RegExp(`<iframe\\s+id="${id}"[^>]*\\ssandbox="([^"]*)"`).exec(html) ?? [];
		expect(sandbox).toEqual(expect.any(String));
		expect(sandbox).not.toMatch(/allow-(scripts|same-origin)/);
	}
});

test('the package has no dependencies at run time', () => {
	expect(packageJson).not.toHaveProperty('dependencies');
	expect(packageJson).not.toHaveProperty('optionalDependencies');
	expect(packageJson).not.toHaveProperty('bundledDependencies');
	expect(Object.keys(packageJson.peerDependencies)).toEqual(['n8n-workflow']);
	expect(
		Object.keys(packageJson.scripts).filter((name) => /^(pre|post)?(install|prepare|uninstall)$/.test(name)),
	).toEqual([]);
});
