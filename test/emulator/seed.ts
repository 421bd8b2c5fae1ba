const products = { guitar: 1355458, songwriting: 1355459, concert: 1355461 } as const;
const plans = { monthly: 558688, annual: 558689 } as const;
const courses = { guitar: 2966495, songwriting: 2966496, masterclass: 2966497 } as const;

/** What the `demo` seed contains, for tests, the page and `npm start`. The people and names are invented. */
export const DEMO = {
	hotmart: {
		clientId: '11111111-1111-4111-8111-111111111111',
		clientSecret: '22222222-2222-4222-8222-222222222222',
		sandbox: {
			clientId: '33333333-3333-4333-8333-333333333333',
			clientSecret: '44444444-4444-4444-8444-444444444444',
		},
		hottok: 'demo-hottok-0123456789abcdef',
	},
	teachable: { apiKey: 'demo-teachable-key', webhookUrlEnd: 'demo-webhook-secret-0123456789abcdef' },
	products,
	plans,
	courses,
	/** The course that the demo's workflow gives to the buyers of a plan, or of what has no plans. */
	leadsTo: [
		{ planId: plans.monthly, courseId: courses.guitar },
		{ planId: plans.annual, courseId: courses.masterclass },
		{ productId: products.songwriting, courseId: courses.songwriting },
		// Who has a ticket for the evening may watch the workshop
		{ productId: products.concert, courseId: courses.songwriting },
	] as Array<{ planId?: number; productId?: number; courseId: number }>,
} as const;
