/** The templates in other languages: each is made from the English one and the phrases of the language. */
import type { Workflow } from '../../test/n8n/client.mts';

/** The words of a language for what the templates say in English. */
export interface TemplatePhrases {
	/** Names of workflows and nodes. */
	names: Record<string, string>;
	/** Whole notes, whose bold words may be names of nodes. */
	notes: Record<string, string>;
	/** What people read elsewhere: mails, forms, messages. A text within an expression comes without its quotation marks. */
	texts: Record<string, string>;
}

/** A template in another language, the English phrases that it took, and what is wrong with the phrases. */
export interface Translation {
	workflow: Workflow;
	used: Record<keyof TemplatePhrases, Set<string>>;
	problems: string[];
}

/** What only an AI model reads stays in English. */
const FOR_MODELS = ['toolDescription', 'systemMessage', 'inputSchema'];
/** A translated text is longer than the English one: the first note, below which is room, is made so much higher. */
const ROOM = 1.3;

const PROSE = /\p{L}{2,} \p{L}{2,}/u;
const EXPRESSION = /\{\{[^]*?\}\}/g;
/** A text in an expression, with what is before it: the name of a node, or a description for a model, is no such text. */
const LITERAL = /(\$\(|\$fromAI\([^)]*)?'((?:[^'\\]|\\.)*)'/g;

/** Variables and nodes to which the expressions of a text refer: a translation refers to the same. */
const references = (text: string) =>
	(text.match(EXPRESSION) ?? []).flatMap((part) => part.match(/\$\('[^']*'\)|\$[\w?.]+/g) ?? []).sort();

/**
 * Makes a template of another language.
 *
 * @param english the template as it is in templates/
 */
export function translate(english: Workflow, phrases: TemplatePhrases): Translation {
	const used: Translation['used'] = { names: new Set(), notes: new Set(), texts: new Set() };
	const problems: string[] = [];
	const say = (part: keyof TemplatePhrases, text: string): string => {
		const found = phrases[part][text];
		used[part].add(text);
		if (found === undefined) problems.push(`${part}: ${JSON.stringify(text)} is missing`);
		else if (String(references(found)) !== String(references(text)))
			problems.push(`${part}: ${JSON.stringify(found)} has other expressions than the English text`);
		return found ?? text;
	};
	const name = (text: string) => say('names', text);
	const renameNodes = (text: string) => text.replace(/\$\('([^']*)'\)/g, (_all, node: string) => `$('${name(node)}')`);

	/** A text of a node: all of it, or the texts in its expressions. */
	const inText = (text: string): string => {
		const isKnown = Object.hasOwn(phrases.texts, text);
		const around = text.startsWith('=') ? text.slice(1).replace(EXPRESSION, '') : text;
		if (isKnown || PROSE.test(around)) return renameNodes(say('texts', text));
		if (!text.startsWith('=')) return text;
		const translated = text.replace(LITERAL, (all, before: string | undefined, literal: string) => {
			if (before !== undefined) return all;
			if (!Object.hasOwn(phrases.texts, literal) && !PROSE.test(literal)) return all;
			return `'${say('texts', literal)}'`;
		});
		return renameNodes(translated);
	};
	const inValue = (value: unknown, key = ''): unknown => {
		if (FOR_MODELS.includes(key)) return typeof value === 'string' ? renameNodes(value) : value;
		if (typeof value === 'string') return inText(value);
		if (Array.isArray(value)) return value.map((entry) => inValue(entry, key));
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([each, entry]) => [each, inValue(entry, each)]));
	};

	/** A note, which names the nodes as the translation does. */
	const inNote = (text: string): string => {
		const translated = say('notes', text);
		for (const [bold = '', node = ''] of text.matchAll(/\*\*([^*]+)\*\*/g))
			if (english.nodes.some((each) => each.name === node) && !translated.includes(`**${name(node)}**`))
				problems.push(`notes: the translation of ${bold} is not in ${JSON.stringify(translated.slice(0, 60))}`);
		return translated;
	};
	const nodes = english.nodes.map((node, index) => {
		const isNote = node.type.endsWith('.stickyNote');
		const { content, height } = node.parameters;
		const parameters = isNote
			? { ...node.parameters, content: inNote(content), height: index === 0 ? Math.round(height * ROOM) : height }
			: (inValue(node.parameters) as typeof node.parameters);
		// Nobody sees the name of a note
		return { ...node, name: isNote ? node.name : name(node.name), parameters };
	});
	const renameKeys = <T,>(object: Record<string, T>) =>
		Object.fromEntries(Object.entries(object).map(([key, value]) => [name(key), value]));
	const connections = renameKeys(
		JSON.parse(JSON.stringify(english.connections), (key, value) => (key === 'node' ? name(value) : value)),
	);
	const pinData = english.pinData && { pinData: renameKeys(english.pinData as Record<string, unknown>) };
	return { workflow: { ...english, name: name(english.name), nodes, connections, ...pinData }, used, problems };
}

/** What phrases have that no template says. */
export function unusedPhrases(phrases: TemplatePhrases, translations: Translation[]): string[] {
	return (['names', 'notes', 'texts'] as const).flatMap((part) =>
		Object.keys(phrases[part])
			.filter((text) => !translations.some(({ used }) => used[part].has(text)))
			.map((text) => `${part}: ${JSON.stringify(text)} belongs to nothing`),
	);
}
