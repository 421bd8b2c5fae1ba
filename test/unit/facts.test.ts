import { filesIn, read, titlesOf } from './titles';

/** The pages of facts by the name under which comments cite them. */
const PAGES: Record<string, string> = {
	Hotmart: 'docs/apis/hotmart.md',
	Teachable: 'docs/apis/teachable.md',
	n8n: 'docs/apis/n8n.md',
};

/** The numbers of a page: of its headings, and of rows that begin with one. */
const numbersOf = (page: string) =>
	[...page.matchAll(/^(?:#{2,4} (\d[\d.]*[a-z]?)\.? |\| (\d+\.\d+) \|)/gm)].map(([, heading, row]) =>
		(heading ?? row!).replace(/\.$/, ''),
	);

/** Every § of a text with vendor and number; where either is missing, the text around it instead. */
function citationsIn(text: string): Array<{ vendor: string; number: string }> {
	const groups = /(\w+) ((?:§\d+(?:\.\d+)*[a-z]?(?:, | and )?)+)/g;
	const cited = [...text.matchAll(groups)].flatMap(([, vendor, list]) =>
		[...list!.matchAll(/§(\d+(?:\.\d+)*[a-z]?)/g)].map(([, number]) => ({ vendor: vendor!, number: number! })),
	);
	const unread = [...text.replace(groups, '').matchAll(/.{0,30}§.{0,10}/g)];
	return [...cited, ...unread.map(([around]) => ({ vendor: around, number: '' }))];
}

const SOURCES = filesIn(['nodes', 'credentials', 'test', 'tools', 'deploy'], ['.ts', '.mts', '.mjs', '.js', '.yml']);
const CITATIONS = SOURCES.filter((path) => path !== 'test/unit/facts.test.ts').flatMap((path) =>
	citationsIn(read(path)).map((citation) => ({ path, ...citation })),
);

describe('references to facts', () => {
	test('are read in every form, and an unclear one is found', () => {
		expect(citationsIn('(Hotmart §2.5, §9.16) and Teachable §3: more')).toEqual([
			{ vendor: 'Hotmart', number: '2.5' },
			{ vendor: 'Hotmart', number: '9.16' },
			{ vendor: 'Teachable', number: '3' },
		]);
		expect(citationsIn('see § 4')).toEqual([{ vendor: 'see § 4', number: '' }]);
		expect(CITATIONS.length).toBeGreaterThan(60);
	});

	test.each(Object.entries(PAGES))('to %s exist as a number of %s, and no number is given twice', (vendor, page) => {
		const numbers = numbersOf(read(page));
		expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
		const missing = CITATIONS.filter((citation) => citation.vendor === vendor && !numbers.includes(citation.number));
		expect(missing).toEqual([]);
	});

	test('name one of the pages', () => {
		expect(CITATIONS.filter(({ vendor }) => !(vendor in PAGES))).toEqual([]);
	});
});

describe('the pages of facts', () => {
	const named = Object.values(PAGES).flatMap((page) =>
		[...read(page).matchAll(/^Test: (.*)$/gm)].map(([line, rest]) => {
			const [, path = '', title = ''] = /^`([^`]+)` "([^"]+)"$/.exec(rest!) ?? [];
			return { page, line, path, title };
		}),
	);

	test('name tests of their quirks', () => expect(named.length).toBeGreaterThan(30));

	test.each(named)('$page: $line', ({ path, title }) => expect(titlesOf(path)).toContain(title));

	test.each(Object.values(PAGES))('%s says how certain each of its facts is', (page) => {
		const sections = read(page)
			.split(/^#{2,4} (?=\d)/m)
			.slice(1)
			.map((section) => ({ title: section.split('\n')[0]!, text: section.split('\n').slice(1).join('').trim() }))
			.filter(({ title, text }) => text !== '' && !title.includes('Open questions'));
		expect(sections.length).toBeGreaterThan(10);
		expect(sections.filter(({ text }) => !/\[[DESRAT?]\]/.test(text)).map(({ title }) => title)).toEqual([]);
	});
});
