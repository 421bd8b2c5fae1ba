import type { DeliverySwitches } from '../shared/deliveries';
import type { EmailFilter } from '../shared/emailFilters';

/**
 * What nobody outside Teachable knows for sure about its API, as switches. The first value of each is the default; a client
 * is right when it works under all of them. They may be changed at any time through `school.switches`.
 */
export interface TeachableSwitches extends DeliverySwitches {
	/** POST /enroll for somebody who is enrolled already. */
	enrollTwice: 204 | 422;
	/** POST /enroll into a course that is not published. */
	enrollUnpublished: 204 | 422;
	/** POST /unenroll for somebody who is not enrolled. */
	unenrollAbsent: 204 | 404;
	/** POST /users with the address of an existing user: 201 and 200 answer that user, 400 refuses. */
	createExisting: 201 | 200 | 400;
	/** Whether that POST changes the existing user's name. */
	createUpdatesName: false | true;
	/** How `GET /users?email=` compares. */
	emailFilter: EmailFilter;
	/** Seconds until a new user is found by GET /users (by id it is there at once). Default 0. */
	searchLagSeconds: number;
	/** Seconds until a change of enrollment shows in a user's `courses` and in a course's enrollments. Default 0. */
	readLagSeconds: number;
	/** The largest page; a larger `per` is cut down to it without a word. */
	maxPer: 100 | 20;
	/** The page size without `per`. With 20, pricing plans come in fives. */
	defaultPer: 20 | 25;
	/**
	 * Enrollments of a course. `honored`: `page` and `per` work, `meta.per_page` says 0. `ignored`: everyone is in every answer,
	 * which always calls itself page 1, while `number_of_pages` counts pages of the default size. `uncounted`: pages work, and
	 * only `total` says how many there are.
	 */
	enrollmentPages: 'honored' | 'ignored' | 'uncounted';
	/** `all`: rate headers as Kong sends them on every answer; `only429`: the three documented headers on a 429. */
	rateHeaders: 'all' | 'only429';
	/** Requests that one school may make in a window, all keys together. Default 100 (documents also say 360). */
	rateLimitPerMinute: number;
	/** Length of that window in milliseconds, so that tests need not wait a minute. Default 60,000. */
	rateWindowMs: number;
	/** A single user: the bare object, or inside `{ user }`. */
	userBody: 'flat' | 'wrapped';
	/** Progress and quizzes: as seen live, or as the reference documents them. */
	shapes: 'live' | 'documented';
	/** Body of webhooks that do not say themselves (`asArray`): a list of envelopes or one envelope. */
	webhookBody: 'array' | 'object';
	/** Whether enrolling by hand or by API is also a sale for nothing: Sale.created (Teachable §3). */
	saleOfEnrollment: true | false;
	/** Whether unenrolling cancels the subscription that the enrollment came with (Teachable §3). */
	unenrollCancels: true | false;
	/** An error's `message`: text, or a list even where there is only one. */
	errorMessage: 'string' | 'list';
	/** Whether errors carry a `request_id`. */
	errorRequestId: true | false;
}

/** The first value of every switch. */
export const defaultSwitches: Readonly<TeachableSwitches> = {
	enrollTwice: 204,
	enrollUnpublished: 204,
	unenrollAbsent: 204,
	createExisting: 201,
	createUpdatesName: false,
	emailFilter: 'caseInsensitive',
	searchLagSeconds: 0,
	readLagSeconds: 0,
	maxPer: 100,
	defaultPer: 20,
	enrollmentPages: 'honored',
	rateHeaders: 'all',
	rateLimitPerMinute: 100,
	rateWindowMs: 60_000,
	userBody: 'flat',
	shapes: 'live',
	webhookBody: 'array',
	saleOfEnrollment: true,
	unenrollCancels: true,
	// Four attempts, after which the webhook is switched off (Teachable §4)
	retries: 3,
	deactivateAfterFailures: 4,
	deliveryTimeoutMs: 5_000,
	errorMessage: 'string',
	errorRequestId: true,
};
