/**
 * The address of the repository and of the maintainers stands in package.json (`repository.url`, `author.email`). Every other file
 * repeats it, because npm, n8n and readers want it written out. This tool keeps them in step:
 * - `npx tsx tools/release/address.mts` names the files that have another address
 * - `... owner/name maintainers@example.org` writes another one everywhere, package.json included
 * - `... --release` also refuses the placeholder that stands there until the owner has chosen
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The placeholder in package.json until an owner names the real ones. */
export const PLACEHOLDER: Address = {
	repository: 'n8n-nodes-hotmart-teachable/n8n-nodes-hotmart-teachable',
	email: 'maintainers@n8n-nodes-hotmart-teachable.dev',
};

export interface Address {
	/** such as owner/name */
	repository: string;
	email: string;
}

export function addressOf(manifest: { repository: { url: string }; author: { email: string } }): Address {
	const repository = /github\.com\/([^/]+\/[^/]+?)(?:\.git)?$/.exec(manifest.repository.url)?.[1];
	if (repository === undefined) throw new Error('package.json names no repository on GitHub');
	return { repository, email: manifest.author.email };
}

/** The places of a text that name this project, by its name on GitHub and by the name of its maintainers. */
const REPOSITORY = /(?<=github(?:usercontent)?\.com\/|repository:")[\w.-]+\/n8n-nodes-hotmart-teachable(?![\w-])/g;
const EMAIL = /\bmaintainers@[\w.-]+\w/g;

/** The addresses in a text that are not the right ones. */
export const wrongIn = (text: string, { repository, email }: Address): string[] => [
	...(text.match(REPOSITORY) ?? []).filter((found) => found !== repository),
	...(text.match(EMAIL) ?? []).filter((found) => found !== email),
];

export const withAddress = (text: string, { repository, email }: Address) =>
	text.replace(REPOSITORY, repository).replace(EMAIL, email);

/** Why a release must not have this address; undefined: it may. */
export const refusal = ({ repository, email }: Address) =>
	repository === PLACEHOLDER.repository || email === PLACEHOLDER.email
		? 'package.json still has the placeholder of the repository or of the maintainers: npx tsx tools/release/address.mts OWNER/NAME E-MAIL'
		: undefined;

/** Text files of the repository, without this one and its test, which name the placeholder. */
const ENDINGS = /\.(md|json|ya?ml|m?ts|svg)$/;
const files = () =>
	execFileSync('git', ['ls-files'], { encoding: 'utf8' })
		.split('\n')
		.filter((name) => ENDINGS.test(name) && !name.endsWith('package-lock.json') && !name.includes('release/address'));

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const [first, email] = process.argv.slice(2);
	const chosen = first !== undefined && first !== '--release' && email !== undefined;
	const address = chosen ? { repository: first, email } : addressOf(JSON.parse(readFileSync('package.json', 'utf8')));
	const problems = first === '--release' ? [refusal(address)].flatMap((text) => text ?? []) : [];
	for (const name of files()) {
		const text = readFileSync(name, 'utf8');
		const wrong = wrongIn(text, address);
		if (wrong.length > 0 && chosen) writeFileSync(name, withAddress(text, address));
		else problems.push(...wrong.map((found) => `${name}: ${found} is not the address of package.json`));
	}
	for (const problem of problems) console.error(problem);
	if (problems.length > 0) process.exitCode = 1;
}
