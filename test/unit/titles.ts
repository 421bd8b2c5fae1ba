import ts from 'typescript';

const root = ts.sys.getCurrentDirectory();

/** The text of a file of the repository; throws when there is none. */
export function read(path: string): string {
	const text = ts.sys.readFile(`${root}/${path}`);
	if (text === undefined) throw new Error(`${path} is missing`);
	return text;
}

/** The paths of all files below some folders that have one of the endings, without installed and built ones. */
export function filesIn(folders: string[], endings: string[]): string[] {
	return folders.flatMap((folder) =>
		ts.sys
			.readDirectory(`${root}/${folder}`, endings, ['**/node_modules/**', '**/dist/**', '**/artifacts/**'])
			.map((path) => path.slice(root.length + 1)),
	);
}

/** The titles of the tests in a file, as they stand in its source: of test, it and what follows their `each`. */
export function titlesOf(path: string): string[] {
	const titles: string[] = [];
	const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
	const visit = (node: ts.Node) => {
		if (ts.isCallExpression(node)) {
			const name = node.expression.getText(source).split(/[.(`]/)[0]!;
			const [title] = node.arguments;
			if (['test', 'it'].includes(name) && title && ts.isStringLiteralLike(title)) titles.push(title.text);
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return titles;
}
