import type { Delivery, Webhook, WebhookCenter } from '../shared/deliveries';
import type { TeachableEvent } from './events';
import type { LifeOperations } from './life';
import type { TeachableSwitches } from './switches';

/** A person of the school. Times are milliseconds since 1970, here and below. */
export interface TeachableUser {
	id: number;
	email: string;
	name: string | null;
	/** `student`, `owner`, `author`, `affiliate` or a custom role. */
	role: string;
	/** Free text of whoever created the user, often an id in another system. */
	src: string | null;
	hasPassword: boolean;
	tags: string[];
	/** Whether the person agreed to marketing e-mails. */
	marketing: boolean;
	createdAt: number;
	lastSignInAt: number | null;
	signInCount: number;
}

/** One enrollment. It stays when it has ended; coming back makes a new one beside it. */
export interface TeachableEnrollment {
	id: number;
	userId: number;
	courseId: number;
	enrolledAt: number;
	/** When the student was unenrolled; null: still in. */
	endedAt: number | null;
	/** When a pricing plan's access limit ends it; null for everything enrolled by API. */
	expiresAt: number | null;
	/** The sale that it came with; null: enrolled by hand or by API. */
	saleId: number | null;
}

export type AttachmentKind = 'text' | 'video' | 'quiz' | 'pdf' | 'native_comments';

export interface TeachableAttachment {
	id: number;
	kind: AttachmentKind;
}

export interface TeachableLecture {
	id: number;
	name: string;
	isPublished: boolean;
	attachments: TeachableAttachment[];
}

export interface TeachableSection {
	id: number;
	name: string;
	isPublished: boolean;
	lectures: TeachableLecture[];
}

export interface TeachableCourse {
	id: number;
	name: string;
	heading: string | null;
	/** May be HTML. */
	description: string | null;
	isPublished: boolean;
	imageUrl: string | null;
	createdAt: number;
	authorBio: { id: number; name: string; bio: string | null };
	/** In order; their index + 1 is their position. */
	sections: TeachableSection[];
}

/** A lecture that a student has completed. Progress belongs to the person and survives an enrollment's end. */
export interface TeachableCompletion {
	userId: number;
	lectureId: number;
	at: number;
}

/** As on the wire, with what only the single plan shows. Money in the currency's smallest unit. */
export interface TeachablePricingPlan {
	id: number;
	created_at: string;
	updated_at: string;
	name: string;
	price: number;
	currency: string;
	course_id: number;
	detail: {
		description: string | null;
		free_trial_length: number | null;
		enrollment_cap: number | null;
		frequency: {
			type: 'free' | 'one_time_payment' | 'subscription' | 'payment_plan';
			billing_interval: 'week' | 'month' | 'year' | null;
			billing_interval_count: number | null;
			access_limit_date: string | null;
			access_limit_interval: 'day' | 'week' | 'month' | 'year' | null;
			access_limit_duration: number | null;
		};
	};
}

/** As on the wire, plus the course that the `course_id` filter looks at. */
export interface TeachableTransaction {
	id: number;
	user_id: number;
	pricing_plan_id: number;
	course_id: number;
	sale_id: number;
	created_at: string;
	purchased_at: string;
	final_price: number;
	currency: string;
	has_chargeback: boolean;
	refunded_at: string | null;
	amount_refunded: number | null;
}

/** Something sold in Teachable itself; a bundle is one sale of several courses. */
export interface TeachableSale {
	id: number;
	userId: number;
	pricingPlanId: number;
	courseIds: number[];
	/** In the currency's smallest unit. */
	finalPrice: number;
	currency: string;
	purchasedAt: number;
	/** When the buyer canceled its subscription; null: it runs, or is none. */
	canceledAt: number | null;
}

export interface TeachableWebhook extends Webhook {
	events: TeachableEvent[];
	/** Whether the body is a list of envelopes; undefined: as the switch `webhookBody` says. */
	asArray?: boolean;
}

/** `eventId` is the envelope's `hook_event_id`. */
export interface TeachableDelivery extends Delivery {
	eventId: number;
	objectType: string;
	objectId: number;
	/** Whether Teachable's payload of this event is known; false: this emulator's `object` is a guess. */
	isPublic: boolean;
}

/** Everything that a snapshot keeps. The lists keep their identity for the emulator's whole life. */
export interface SchoolData {
	apiKeys: string[];
	users: TeachableUser[];
	courses: TeachableCourse[];
	enrollments: TeachableEnrollment[];
	completions: TeachableCompletion[];
	pricingPlans: TeachablePricingPlan[];
	transactions: TeachableTransaction[];
	sales: TeachableSale[];
}

/** The emulated school as tests see it. Addresses are compared without regard to case. */
export interface TeachableSchool
	extends SchoolData, LifeOperations, WebhookCenter<TeachableWebhook, TeachableDelivery> {
	switches: TeachableSwitches;
	findUser(email: string): TeachableUser | undefined;
	/** The true state, which the lag switches may hide from API clients. */
	isEnrolled(email: string, courseId: number): boolean;
	/** Addresses of everyone who is in the course now, sorted. */
	enrolledEmails(courseId: number): string[];
	isActive(enrollment: TeachableEnrollment): boolean;
	/** Returns the existing user when the address is taken. Sends no webhook, like the three below. */
	addUser(user: { email: string } & Partial<TeachableUser>): TeachableUser;
	/** Enrolls a person (created when unknown) in a course; with `endedAt` a past enrollment. */
	addEnrollment(
		enrollment: { email: string; courseId: number } & Partial<
			Pick<TeachableEnrollment, 'enrolledAt' | 'endedAt' | 'expiresAt' | 'saleId'>
		>,
	): TeachableEnrollment;
	/** `lectures` names the lectures of one section; each has a text, a video and a quiz. Published unless said otherwise. */
	addCourse(
		course: { name: string; lectures?: string[] } & Partial<Omit<TeachableCourse, 'sections'>>,
	): TeachableCourse;
	/** Adds and enrolls new students: so many, `student1@students.example` and so on, or those with these addresses, which it returns. */
	seedStudents(courseId: number, who: number | string[]): string[];
	/**
	 * Teachable's own webhooks, as the school's owner adds them in the settings. Without `events`: all of them. It throws when
	 * the address has a webhook for one of the events already.
	 */
	registerWebhook(webhook: { url: string; events?: string[]; asArray?: boolean }): TeachableWebhook;
}
