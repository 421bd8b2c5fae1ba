/**
 * The picture of the access policies (docs/access-policy.svg): what happens to a subscription on a time line, and who has access
 * under each policy. The bars are drawn from the rules themselves: each life is judged at every quarter of a day.
 */
import type { SaleFacts, SubscriptionFacts } from '../../nodes/Hotmart/access/payments.ts';
import { POLICIES } from '../../nodes/Hotmart/access/policy.ts';
import { judge, type PlanOffer } from '../../nodes/Hotmart/access/verdict.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1, 12);
const DAYS = 105;
const at = (day: number) => START + day * DAY;

const PLANS: PlanOffer[] = [
	{ productId: 1, name: 'Monthly', offerCode: 'monthly', id: 1 },
	{ productId: 1, name: 'Annual', offerCode: 'annual', id: 2 },
];

interface Account {
	subscription: SubscriptionFacts;
	sales: SaleFacts[];
}

interface Happening {
	day: number;
	label: string;
	/** What it changes at Hotmart. */
	change: (account: Account) => void;
}

/** A charge with a number, paid on a day; the next one is due a period later. */
const paid =
	(number: number, day: number, next: number, offerCode = 'monthly') =>
	({ subscription, sales }: Account) => {
		Object.assign(subscription, { status: 'active', nextChargeAt: at(next) });
		sales.push({
			transaction: `HP${number}`,
			productId: 1,
			productName: null,
			offerCode,
			status: 'approved',
			statusRaw: null,
			recurrence: number,
			isSubscription: true,
			orderedAt: at(day),
			approvedAt: at(day),
		});
	};

const STORIES: Array<{ title: string; plans: string[]; happenings: Happening[] }> = [
	{
		title: 'Pays late, then cancels',
		plans: [''],
		happenings: [
			{ day: 0, label: 'bought', change: paid(1, 0, 31) },
			{ day: 31, label: 'charge failed', change: ({ subscription }) => (subscription.status = 'overdue') },
			{ day: 46, label: 'paid late', change: paid(2, 46, 59) },
			{ day: 59, label: 'renewed', change: paid(3, 59, 90) },
			{
				day: 71,
				label: 'canceled',
				change: ({ subscription }) => Object.assign(subscription, { status: 'canceledByCustomer', canceledAt: at(71) }),
			},
		],
	},
	{
		title: 'Gets money back',
		plans: [''],
		happenings: [
			{ day: 0, label: 'bought', change: paid(1, 0, 31) },
			{ day: 12, label: 'part refunded', change: ({ sales }) => (sales[0]!.status = 'partiallyRefunded') },
			{ day: 31, label: 'renewed', change: paid(2, 31, 59) },
			{ day: 45, label: 'refunded', change: ({ sales }) => (sales[1]!.status = 'refunded') },
		],
	},
	{
		title: 'Switches the plan',
		plans: ['Monthly', 'Annual'],
		happenings: [
			{ day: 0, label: 'bought Monthly', change: paid(1, 0, 31) },
			{ day: 31, label: 'renewed', change: paid(2, 31, 59) },
			{
				day: 44,
				label: 'plan switched',
				change: ({ subscription }) => Object.assign(subscription, { planId: 2, planName: 'Annual' }),
			},
			{ day: 59, label: 'paid Annual', change: paid(3, 59, 424, 'annual') },
		],
	},
];

/** Stretches of days with access, by the rules. */
function access(happenings: Happening[], plan: string, policy: (typeof POLICIES)[keyof typeof POLICIES]) {
	const stretches: Array<{ from: number; to: number }> = [];
	for (let day = 0.125; day < DAYS; day += 0.25) {
		const subscription: SubscriptionFacts = {
			subscriberCode: 'AB12CD34',
			transaction: null,
			productId: 1,
			productName: null,
			planId: 1,
			planName: 'Monthly',
			periodDays: 30,
			status: 'initiated',
			statusRaw: null,
			requestedAt: START,
			canceledAt: null,
			nextChargeAt: null,
		};
		const account: Account = { subscription, sales: [] };
		for (const happening of happenings) if (happening.day <= day) happening.change(account);
		const wanted = { productId: '', plan, offerCode: '' };
		const person = { subscriptions: [subscription], sales: account.sales };
		if (judge(person, policy, at(day), wanted, PLANS).hasAccess !== true) continue;
		const last = stretches.at(-1);
		if (last && day - last.to < 0.2) last.to = day + 0.125;
		else stretches.push({ from: day - 0.125, to: day + 0.125 });
	}
	return stretches;
}

const NAMES = { hotmart: "Like Hotmart's Integration", paidPeriod: 'Until the Paid Period Ends' };
const [LEFT, WIDTH, BAR] = [275, 705, 22];
const x = (day: number) => Math.round((LEFT + (day / DAYS) * WIDTH) * 10) / 10;
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function draw(): string {
	const parts: string[] = [];
	let y = 40;
	for (const { title, plans, happenings } of STORIES) {
		const top = y;
		parts.push(`<text class="title" x="20" y="${y}">${escape(title)}</text>`);
		y += 24;
		const labels = happenings.map(({ day, label }, index) => {
			const height = y + (index % 2) * 17;
			return `<text class="label" x="${x(day) + 4}" y="${height}">${escape(label)}</text>`;
		});
		parts.push(...labels);
		y += 28;
		const first = y;
		for (const name of ['hotmart', 'paidPeriod'] as const)
			for (const plan of plans) {
				const caption = plan === '' ? NAMES[name] : `${NAMES[name]}: ${plan}`;
				parts.push(`<text class="caption" x="20" y="${y + 16}">${escape(caption)}</text>`);
				parts.push(`<rect class="none" x="${LEFT}" y="${y}" width="${WIDTH}" height="${BAR}" rx="4"/>`);
				for (const { from, to } of access(happenings, plan, POLICIES[name]))
					parts.push(
						`<rect class="${name}" x="${x(from)}" y="${y}" width="${Math.round((x(to) - x(from)) * 10) / 10}" height="${BAR}" rx="4"/>`,
					);
				y += BAR + 8;
			}
		for (const [index, { day }] of happenings.entries())
			parts.push(`<path class="mark" d="M${x(day)} ${first - 38 + (index % 2) * 17}V${y - 8}"/>`);
		y = Math.max(y, top) + 40;
	}
	const description = STORIES.map(
		({ title, happenings }) => `${title}: ${happenings.map(({ day, label }) => `${label} on day ${day}`).join(', ')}.`,
	).join(' ');
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 ${y - 10}" role="img" aria-labelledby="t d" font-family="-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif">
	<title id="t">Who has access under each policy</title>
	<desc id="d">${escape(description)} Colored bars show the days with access.</desc>
	<style>
		text { fill: #1f2328; }
		.title { font-size: 19px; font-weight: 700; }
		.label { font-size: 14px; fill: #57606a; }
		.caption { font-size: 14px; }
		.none { fill: #eaeef2; }
		.hotmart { fill: #d9480f; }
		.paidPeriod { fill: #0f7d66; }
		.mark { stroke: #57606a; stroke-dasharray: 3 3; fill: none; }
		@media (prefers-color-scheme: dark) {
			text { fill: #e6edf3; }
			.label { fill: #9ea7b3; }
			.none { fill: #2d333b; }
			.hotmart { fill: #ff7b54; }
			.paidPeriod { fill: #3fb39d; }
			.mark { stroke: #9ea7b3; }
		}
	</style>
	${parts.join('\n\t')}
</svg>
`;
}

/** The picture and its place in the project. */
export const accessPolicyPicture = (): [file: string, text: string] => ['docs/access-policy.svg', draw()];
