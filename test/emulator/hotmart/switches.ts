import type { DeliverySwitches } from '../shared/deliveries';
import type { EmailFilter } from '../shared/emailFilters';

/**
 * What nobody outside Hotmart knows for sure about its API and webhooks, as switches. The first value of each is the
 * default; a client is right when it works under all of them. They may be changed at any time through `hotmart.switches`.
 */
export interface HotmartSwitches extends DeliverySwitches {
	/** Which host the emulator plays; clients of the other environment are refused. */
	environment: 'production' | 'sandbox';
	/** Requests that one client may make in a window. Default 500 (Hotmart §2.2). */
	rateLimitPerMinute: number;
	/** Length of that window in milliseconds, so that tests need not wait a minute. Default 60,000. */
	rateWindowMs: number;
	/** How long each answer takes, in milliseconds. Default 0. */
	latencyMs: number;
	/** Default 172,799, as in Hotmart's sample (Hotmart §1.3). */
	tokenLifetimeSeconds: number;
	/** Which of several `transaction_status` values count (Hotmart §2.4). */
	transactionStatuses: 'all' | 'first' | 'last';
	/** What `end_accession_date` is compared with: the accession, or the request to cancel (Hotmart §3.1.1). */
	endAccessionDate: 'accession' | 'cancellation';
	/** Whether a subscriber code or an e-mail lifts the default window of 30 days (Hotmart §9, question 4). */
	keyLiftsWindow: false | true;
	/** How `subscriber_email` and `buyer_email` compare. */
	emailFilter: EmailFilter;
	/** What `transaction` of a listed subscription is (Hotmart §9, question 17). */
	listedTransaction: 'first' | 'latest';
	/** `date_last_recurrence` of cancel answers as the integer 1 (captured) rather than a date. */
	integerLastRecurrence: true | false;
	/** Unknown paths answer the documentation site's HTML with 200 (observed) rather than a JSON 404. */
	htmlForUnknownPaths: true | false;
	/** A listing whose date range is wider than this many days takes too long and answers 502. Default null: none does. */
	slowBeyondDays: number | null;

	/** The hottok also in version 2.0.0 bodies (seen in some years, not in others). */
	hottokInBody: false | true;
	/** The `subscription` object inside `data.purchase`, as one capture has it. */
	subscriptionInPurchase: false | true;
	/** `subscription.status` of PURCHASE_DELAYED: as documented, or as captured in 2023. */
	delayedStatus: 'DELAYED' | 'INACTIVE';
	/** Whether refunds and chargebacks name their buyer; one production source saw them without (Hotmart §9, question 26). */
	buyerInRefunds: true | false;
	/** What the main sale of an order with bumps names as its parent. */
	mainSaleParent: 'nothing' | 'itself';

	/** Whether a further attempt repeats the event's `id` (Hotmart §9, question 10). */
	retriesRepeatId: true | false;

	/** Where due days are days; charges come at noon UTC. Default America/Sao_Paulo. */
	timeZone: string;
	/** When a plan with a number of charges counts as expired: with the last of them, or when its period is over (Hotmart §6.3). */
	expiredFrom: 'lastPayment' | 'periodEnd';
	/** Whether an expired subscription still says until when it is paid for. */
	nextChargeOfExpired: 'shown' | 'absent';
	/** Whether the difference of a dearer plan is charged at once, as Hotmart's help says, or only its next charge is (Hotmart §5.7). */
	upgradeCharge: 'atOnce' | 'nextCharge';
	/** When SWITCH_PLAN reports a cheaper plan: at the request, or when it takes effect (Hotmart §3.1.10). */
	switchPlanEvent: 'asked' | 'effective';
}

/** The first value of every switch. */
export const defaultSwitches: Readonly<HotmartSwitches> = {
	environment: 'production',
	rateLimitPerMinute: 500,
	rateWindowMs: 60_000,
	latencyMs: 0,
	tokenLifetimeSeconds: 172_799,
	transactionStatuses: 'all',
	endAccessionDate: 'accession',
	keyLiftsWindow: false,
	emailFilter: 'caseInsensitive',
	listedTransaction: 'first',
	integerLastRecurrence: true,
	htmlForUnknownPaths: true,
	slowBeyondDays: null,
	hottokInBody: false,
	subscriptionInPurchase: false,
	delayedStatus: 'DELAYED',
	buyerInRefunds: true,
	mainSaleParent: 'nothing',
	retries: 0,
	retriesRepeatId: true,
	deactivateAfterFailures: 5,
	deliveryTimeoutMs: 5_000,
	timeZone: 'America/Sao_Paulo',
	expiredFrom: 'lastPayment',
	nextChargeOfExpired: 'shown',
	upgradeCharge: 'atOnce',
	switchPlanEvent: 'asked',
};
