import type { INodeParameters, INodeProperties, INodePropertyCollection } from 'n8n-workflow';

import { Hotmart } from '../../nodes/Hotmart/Hotmart.node.ts';
import { RESOURCES as HOTMART } from '../../nodes/Hotmart/resources';
import type { Operation } from '../../nodes/shared/operation';
import { RESOURCES as TEACHABLE } from '../../nodes/Teachable/resources';
import { Teachable } from '../../nodes/Teachable/Teachable.node.ts';
import { SAMPLES as HOTMART_SAMPLES } from '../operations/hotmart';
import { SAMPLES as TEACHABLE_SAMPLES } from '../operations/teachable';
import { runNode, searchList } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({
	hotmart: { rateLimitPerMinute: 1_000_000 },
	teachable: { rateLimitPerMinute: 1_000_000 },
});

/** Values by which a field could turn its request into another one, where it is put into an address or a text unencoded. */
const HOSTILE = [
	'../../sales',
	'..\\..\\sales',
	'%2e%2e%2f%2e%2e%2fsales',
	'//evil.example/x',
	'x?injected=1&injected=2',
	'x#injected',
	'x\r\nX-Injected: 1\r\n\r\n',
	'../x@example.com',
	'","injected":"1',
];
/** More of them for the fields that do become a part of an address. */
const MORE_HOSTILE = [
	'..',
	'.',
	'a/b',
	'/user/api/v1/me',
	'%2e%2e',
	'..;/sales',
	'x&injected=1',
	'x;injected=1',
	'x\u0000',
	'\u2024\u2024/\u2024\u2024',
	'\uFF0E\uFF0E\uFF0F',
	'\uD800',
	'https://evil.example/x',
	'1,2/../3',
	'0x10',
];
/** Values that a field is meant for, or at least of the form of those. */
const BENIGN = ['AB12CD34', '4242424242', 'new.person@example.com'];

const encoded = (value: string) => {
	try {
		return encodeURIComponent(value.trim());
	} catch {
		return value;
	}
};
const VALUES = new Set([...HOSTILE, ...MORE_HOSTILE, ...BENIGN].filter((value) => !/^\.*$/.test(value)).map(encoded));

/** The address with a star for each part that is a number, or one of the values above as a whole. */
const shapeOf = ({ method, path }: { method: string; path: string }) =>
	`${method} ${path
		.split('/')
		.map((part) => (/^\d+$/.test(part) || VALUES.has(part) ? '*' : part))
		.join('/')}`;

/** A field, at any depth, of an operation. */
interface Place {
	name: string;
	/** The parameters of the operation with an expression, or a value, in that field. */
	fill(value: string): INodeParameters;
}

function fillOne({ type }: INodeProperties, value: string): INodeParameters[string] {
	if (type === 'resourceLocator') return { __rl: true, mode: 'id', value };
	if (type === 'multiOptions') return value.startsWith('={{') ? `={{ [${value.slice(3, -2)}] }}` : [value];
	return value;
}

/** All fields that take a value, those in collections included; a field that is hidden gets what shows it. */
function placesOf(fields: INodeProperties[], base: INodeParameters): Place[] {
	return fields.flatMap((field): Place[] => {
		const { name, type, options = [] } = field;
		const shown: INodeParameters = {};
		for (const [key, wanted] of Object.entries(field.displayOptions?.show ?? {})) {
			const given = base[key] ?? fields.find((other) => other.name === key)?.default;
			const values = wanted as Array<string | boolean>;
			if (!values.includes(given as string)) shown[key.replace('/', '')] = values[0];
		}
		const put = (inner: INodeParameters[string]) => ({ ...base, ...shown, [name]: inner });
		if (type === 'collection')
			return placesOf(options as INodeProperties[], (base[name] ?? {}) as INodeParameters).map((place) => ({
				name: `${name}.${place.name}`,
				fill: (value) => put(place.fill(value)),
			}));
		if (type === 'fixedCollection')
			return (options as INodePropertyCollection[]).flatMap(({ name: group, values }) => {
				const plain = Object.fromEntries(
					values.map((entry) => [entry.name, entry.type === 'multiOptions' ? ['1'] : '1']),
				);
				return values.map((entry) => ({
					name: `${name}.${group}.${entry.name}`,
					fill: (value) => {
						const row = { ...plain, [entry.name]: fillOne(entry, value) };
						return put({ [group]: field.typeOptions?.multipleValues ? [row] : row } as INodeParameters);
					},
				}));
			});
		return type === 'notice' || type === 'boolean' ? [] : [{ name, fill: (value) => put(fillOne(field, value)) }];
	});
}

const operationsOf = (node: 'hotmart' | 'teachable') => {
	const resources = (node === 'hotmart' ? HOTMART : TEACHABLE) as Array<{
		value: string;
		operations: Array<Operation<never>>;
	}>;
	return resources.flatMap(({ value: resource, operations }) =>
		operations.map(({ value: operation, fields }) => ({
			node,
			key: `${resource}/${operation}`,
			resource,
			operation,
			fields,
		})),
	);
};
const SAMPLES = { hotmart: HOTMART_SAMPLES, teachable: TEACHABLE_SAMPLES };

/** Fields whose hostile values have been seen as a part of an address, encoded. */
const reached = new Set<string>();

describe.each([...operationsOf('hotmart'), ...operationsOf('teachable')])(
	'$node $key',
	({ node, key, resource, operation, fields }) => {
		test('no field turns the request into another one', async () => {
			// A field that may have to be filled in, depending on another one, is.
			const needed = fields
				.filter(({ required }) => required)
				.map((field) => [field.name, fillOne(field, BENIGN[1]!)] as const);
			const base: INodeParameters = { ...Object.fromEntries(needed), ...(await SAMPLES[node][key]!(emulator())) };
			const state = emulator().snapshot();
			const run = async (parameters: INodeParameters, values: string[]) => {
				emulator().restore(state);
				emulator().requests.length = 0;
				await runNode({
					node,
					parameters: { resource, operation, ...parameters },
					credentials: demoCredentials(emulator()),
					onError: 'continueRegularOutput',
					input: values.map((value) => ({ value })),
				});
				return emulator().requests.filter(({ path }) => path !== '/security/oauth/token');
			};
			const own = new Set((await run(base, [''])).map(shapeOf));
			// The path of a raw call is the user's own; where it may lead is told by security-bearer.test.ts.
			const places = placesOf(fields, base).filter(({ name }) => key !== 'apiCall/send' || name !== 'path');
			for (const { name, fill } of places) {
				const parameters = fill('={{ $json.value }}');
				const usual = await run(parameters, BENIGN);
				for (const request of usual) own.add(shapeOf(request));
				const inAddress = usual.some(({ path }) => path.split('/').some((part) => BENIGN.map(encoded).includes(part)));
				const sent = await run(parameters, inAddress ? [...HOSTILE, ...MORE_HOSTILE] : HOSTILE);
				expect([name, sent.map(shapeOf).filter((shape) => !own.has(shape))]).toEqual([name, []]);
				for (const { query, headers, body, path } of sent) {
					expect([name, Object.keys(query)]).toEqual([name, expect.not.arrayContaining(['injected'])]);
					expect([name, Object.keys(headers)]).toEqual([name, expect.not.arrayContaining(['x-injected'])]);
					expect([name, Object.keys((body as object | undefined) ?? {})]).toEqual([
						name,
						expect.not.arrayContaining(['injected']),
					]);
					if (path.split('/').some((part) => MORE_HOSTILE.map(encoded).includes(part))) reached.add(`${key} ${name}`);
				}
			}
		}, 120_000);
	},
);

test('the fields of text that do become a part of an address were among them', () => {
	expect([...reached].sort()).toEqual(
		expect.arrayContaining([
			'coupon/delete couponId',
			'coupon/getAll productId',
			'event/get eventId',
			'event/getParticipants eventId',
			'membersArea/getPages moduleId',
			'membersArea/getStudentProgress userId',
			'paymentLink/addOffer paymentLink',
			'paymentLink/addPlan paymentLink',
			'sale/refund transaction',
			'sale/reissueBillet transaction',
			'subscription/changeBillingDay subscriberCode',
			'subscription/getPurchases subscriberCode',
		]),
	);
});

const SEARCHES = [
	...Object.keys(new Hotmart().methods.listSearch).map((method) => ({ node: 'hotmart' as const, method })),
	...Object.keys(new Teachable().methods.listSearch).map((method) => ({ node: 'teachable' as const, method })),
];

describe.each(SEARCHES)('the list $method in the editor', ({ node, method }) => {
	test('is read from its own address, whatever the fields beside it and the filter hold', async () => {
		const { courses } = emulator().teachable;
		const { id: courseId, sections } = courses.find(({ sections: parts }) =>
			parts.some(({ lectures }) => lectures.length > 0),
		)!;
		const known = {
			productId: '1355458',
			courseId: String(courseId),
			lectureId: String(sections.flatMap(({ lectures }) => lectures)[0]!.id),
			subscriberCode: 'AB12CD34',
		};
		const shapes = async (beside: Record<string, string>, filter = '', paginationToken?: string) => {
			emulator().requests.length = 0;
			const locators = Object.entries(beside).map(
				([name, value]) => [name, { __rl: true, mode: 'id', value }] as const,
			);
			const parameters = { resource: 'any', operation: 'any', ...Object.fromEntries(locators) } as INodeParameters;
			await searchList({
				node,
				method,
				parameters,
				credentials: demoCredentials(emulator()),
				filter,
				paginationToken,
			}).catch((error: Error) => expect(error.message).not.toBe(''));
			return emulator()
				.requests.filter(({ path }) => path !== '/security/oauth/token')
				.map(shapeOf);
		};
		const own = [...(await shapes(known)), ...(await shapes(known, 'x@example.com'))];
		expect(own.length).toBeGreaterThan(0);
		for (const value of [...HOSTILE, ...MORE_HOSTILE]) {
			const hostile = Object.fromEntries(Object.keys(known).map((name) => [name, value]));
			const seen = [...(await shapes(hostile)), ...(await shapes(known, value)), ...(await shapes(known, '', value))];
			expect([value, seen.filter((shape) => !own.includes(shape))]).toEqual([value, []]);
		}
	}, 120_000);
});
