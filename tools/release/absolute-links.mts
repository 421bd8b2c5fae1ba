/**
 * `node tools/release/absolute-links.mts v1.0.0`: makes the relative links and pictures of the README absolute, to the files of a tag.
 * The page on npm is then right for its version for ever, while the README in the repository works wherever it is read.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** @param repository such as owner/name */
export function withAbsoluteLinks(readme: string, repository: string, tag: string) {
	const page = `https://github.com/${repository}/blob/${tag}/`;
	const raw = `https://raw.githubusercontent.com/${repository}/${tag}/`;
	const relative = /^(?!#|[a-z]+:)/i;
	const absolute = (base: string, link: string) => (relative.test(link) ? base + link : link);
	return readme
		.replaceAll(
			/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g,
			(_all, mark, text, link) => `${mark}[${text}](${absolute(mark ? raw : page, link)})`,
		)
		.replaceAll(/(<img [^>]*src=")([^"]+)"/g, (_all, start, link) => `${start}${absolute(raw, link)}"`)
		.replaceAll(/(<a [^>]*href=")([^"]+)"/g, (_all, start, link) => `${start}${absolute(page, link)}"`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const tag = process.argv[2];
	if (!tag) throw new Error('Say the tag: node tools/release/absolute-links.mts v1.0.0');
	const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));
	const [, name] = repository.url.match(/github\.com\/(.+)\.git$/);
	writeFileSync('README.md', withAbsoluteLinks(readFileSync('README.md', 'utf8'), name, tag));
}
