import { HotmartError, notFound, page, walkArray } from '../http';
import type { Call, Routes } from '../http';
import { isPaid, ownerOf } from '../life/common';
import { productOf } from '../state';
import type { Module, Person, Product, Sale } from '../types';
import { productNumbered } from './common';

const base = '/club/api';

const unprocessable = (name: string) =>
	new HotmartError(422, 'invalid_parameter', `The parameter ${name} is required.`);

/** The members area's own error body for a subdomain that it does not know (captured). */
export class UnknownSubdomain extends HotmartError {
	constructor(private readonly subdomain: string) {
		super(404, 'not_found', `Subdomain ${subdomain} does not exist`);
	}

	override get body() {
		return { code: '0006', message: `Subdomain ${this.subdomain} does not exist` };
	}
}

const userId = ({ ucode }: Person) => ucode.replaceAll('-', '').slice(0, 10).toUpperCase();

const moduleJson = (module: Module, index: number) => ({
	module_id: module.id,
	name: module.name,
	sequence: index + 1,
	is_extra: module.isExtra,
	is_extra_paid: false,
	is_public: false,
	classes: ['Main class'],
	total_pages: module.pages.length,
});

const pagesJson = (module: Module) =>
	module.pages.map(({ id, name }, index) => ({
		page_id: id,
		name,
		page_order: index + 1,
		type: 'CONTENT',
		published: true,
		has_media: true,
		total_comments: 0,
		rates_average: 0,
		rates: [5, 4, 3, 2, 1].map((rate) => ({ rate, total: 0 })),
		dripping_configs: [],
	}));

/** The product of a members area by its subdomain. */
function areaOf({ query, account }: Call): Product {
	const subdomain = query.text('subdomain');
	if (subdomain === undefined) throw unprocessable('subdomain');
	const product = account.state.products.find(({ club }) => club?.subdomain === subdomain);
	if (product === undefined) throw new UnknownSubdomain(subdomain);
	return product;
}

const modulesOf = ({ club }: Product) => club?.modules ?? [];

function pages(product: Product, id: string | undefined) {
	const found = modulesOf(product).find((module) => module.id === id);
	if (found === undefined) throw notFound(`Module ${id}`);
	return pagesJson(found);
}

/** The newest paid sale of everybody who has one: these are the students. */
function studentsOf({ account }: Call, { id }: Product): Sale[] {
	const sales = account.state.sales.rows().filter((sale) => sale.productId === id && isPaid(sale));
	return [...new Map(sales.map((sale) => [sale.buyer.email.toLowerCase(), sale])).values()];
}

const visitOf = ({ account }: Call, { productId, buyer }: Sale) =>
	account.state.visits.find((visit) => visit.productId === productId && visit.email === buyer.email.toLowerCase());

function progressJson(call: Call, sale: Sale) {
	const visit = visitOf(call, sale);
	const modules = modulesOf(productOf(call.account.state, sale.productId));
	const pagesIn = (part: Module[]) => part.reduce((sum, module) => sum + module.pages.length, 0);
	const total = pagesIn(modules);
	const completed = pagesIn(modules.filter(({ id }) => visit?.completed[id] !== undefined));
	return { completed_percentage: total === 0 ? 0 : Math.round((completed * 100) / total), total, completed };
}

function studentJson(call: Call, sale: Sale) {
	const visit = visitOf(call, sale);
	const ended = ownerOf(call.account, sale)?.status === 'OVERDUE';
	return {
		user_id: userId(sale.buyer),
		name: sale.buyer.name,
		email: sale.buyer.email,
		role: 'STUDENT',
		type: 'BUYER',
		status: ended ? 'OVERDUE' : 'ACTIVE',
		plus_access: 'WITHOUT_PLUS_ACCESS',
		engagement: visit ? 'LOW' : 'NONE',
		locale: 'PT_BR',
		class_id: 'MAIN',
		access_count: visit?.count ?? 0,
		is_deletable: true,
		first_access_date: visit?.firstAccess,
		last_access_date: visit?.lastAccess,
		purchase_date: sale.orderDate,
		progress: progressJson(call, sale),
	};
}

function lessons(call: Call) {
	const product = areaOf(call);
	const student = studentsOf(call, product).find(({ buyer }) => userId(buyer) === call.params.user);
	if (student === undefined) throw notFound(`User ${call.params.user}`);
	const visit = visitOf(call, student);
	return {
		lessons: modulesOf(product).flatMap((module) =>
			module.pages.map(({ id, name }) => ({
				page_id: id,
				page_name: name,
				module_name: module.name,
				is_module_extra: module.isExtra,
				is_completed: visit?.completed[module.id] !== undefined,
				completed_date: visit?.completed[module.id],
			})),
		),
	};
}

function users(call: Call) {
	const part = call.query.text('email')?.toLowerCase() ?? '';
	return page<Sale>(call, {
		walk: walkArray(studentsOf(call, areaOf(call))),
		keep: [({ buyer }) => buyer.email.toLowerCase().includes(part)],
		render: (sale) => studentJson(call, sale),
		size: [20, 50],
		total: true,
		token: 'base64',
	});
}

/** The members area. */
export const clubRoutes: Routes = {
	[`GET ${base}/v1/modules`]: (call) => {
		const extra = call.query.boolean('is_extra') ?? false;
		return modulesOf(areaOf(call))
			.filter(({ isExtra }) => isExtra === extra)
			.map(moduleJson);
	},
	[`GET ${base}/v2/modules/:module/pages`]: (call) => {
		const id = call.query.number('product_id');
		if (id === undefined) throw unprocessable('product_id');
		return pages(productNumbered(call, id), call.params.module);
	},
	[`GET ${base}/v1/modules/:module/pages`]: (call) => pages(areaOf(call), call.params.module),
	[`GET ${base}/v1/users`]: users,
	[`GET ${base}/v1/users/:user/lessons`]: lessons,
};
