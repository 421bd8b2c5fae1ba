import { HotmartError, notFound, walkArray } from '../http';
import type { Api, Call, Query, Routes } from '../http';
import { isPaid } from '../life';
import type { Module, Person, Product, Sale } from '../types';

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

/** The members area: students are the people with a paid sale of its product. */
export function clubRoutes({ store, page }: Api): Routes {
	const productOf = (query: Query): Product => {
		const subdomain = query.text('subdomain');
		if (subdomain === undefined) throw unprocessable('subdomain');
		const product = store.products.find(({ club }) => club?.subdomain === subdomain);
		if (product === undefined) throw new UnknownSubdomain(subdomain);
		return product;
	};
	const modulesOf = ({ club }: Product) => club?.modules ?? [];
	const moduleOf = (product: Product, id: string | undefined): Module => {
		const found = modulesOf(product).find((module) => module.id === id);
		if (found === undefined) throw notFound(`Module ${id}`);
		return found;
	};
	const studentsOf = ({ id }: Product): Sale[] => {
		const sales = store.sales.rows().filter((sale) => sale.productId === id && isPaid(sale));
		return [...new Map(sales.map((sale) => [sale.buyer.email.toLowerCase(), sale])).values()];
	};
	const visitOf = (productId: number, email: string) =>
		store.visits.find((visit) => visit.productId === productId && visit.email === email.toLowerCase());

	const studentJson = (sale: Sale) => {
		const visit = visitOf(sale.productId, sale.buyer.email);
		const product = store.mustHaveProduct(sale.productId);
		const total = modulesOf(product).reduce((sum, { pages }) => sum + pages.length, 0);
		const completed = modulesOf(product)
			.filter(({ id }) => visit?.completed[id] !== undefined)
			.reduce((sum, { pages }) => sum + pages.length, 0);
		const ended = store.subscriptions.find(sale.subscriberCode ?? '')?.status === 'OVERDUE';
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
			progress: {
				completed_percentage: total === 0 ? 0 : Math.round((completed * 100) / total),
				total,
				completed,
			},
		};
	};

	const lessons = ({ query, params }: Call) => {
		const product = productOf(query);
		const student = studentsOf(product).find(({ buyer }) => userId(buyer) === params.user);
		if (student === undefined) throw notFound(`User ${params.user}`);
		const visit = visitOf(product.id, student.buyer.email);
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
	};

	return {
		[`GET ${base}/v1/modules`]: ({ query }) => {
			const extra = query.boolean('is_extra') ?? false;
			return modulesOf(productOf(query))
				.filter(({ isExtra }) => isExtra === extra)
				.map(moduleJson);
		},
		[`GET ${base}/v2/modules/:module/pages`]: ({ query, params }) => {
			const id = query.number('product_id');
			if (id === undefined) throw unprocessable('product_id');
			const product = store.product(id);
			if (product === undefined) throw notFound(`Product ${id}`);
			return pagesJson(moduleOf(product, params.module));
		},
		[`GET ${base}/v1/modules/:module/pages`]: ({ query, params }) =>
			pagesJson(moduleOf(productOf(query), params.module)),
		[`GET ${base}/v1/users`]: ({ query }) => {
			const part = query.text('email')?.toLowerCase() ?? '';
			return page({
				query,
				walk: walkArray(studentsOf(productOf(query))),
				keep: [({ buyer }) => buyer.email.toLowerCase().includes(part)],
				render: studentJson,
				size: [20, 50],
				total: true,
				token: 'base64',
			});
		},
		[`GET ${base}/v1/users/:user/lessons`]: lessons,
	};
}
