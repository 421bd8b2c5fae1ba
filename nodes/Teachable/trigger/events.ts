/** What the API can confirm of an event: what happened, only that the person is a user of the school, or nothing. */
export type Confirmable = 'event' | 'person' | 'nothing';

export interface EventDefinition {
	/** Name in the trigger's list of events. */
	label: string;
	/** When Teachable sends it. */
	description: string;
	confirmable: Confirmable;
	/** Whether fields of its object are public (Teachable §4). The objects of the others are passed on whole. */
	isPublic: boolean;
}

/**
 * Every event of Teachable (Teachable §4): the one list that the trigger's options and rules and the docs derive from. The emulator
 * is compared with it.
 */
export const EVENTS = {
	'AbandonedOrder.created': {
		label: 'Abandoned Order',
		description: 'A visitor left the checkout without buying',
		confirmable: 'nothing',
		isPublic: false,
	},
	'Admission.created': {
		label: 'Admission Created',
		description: 'A student got a place in coaching',
		confirmable: 'nothing',
		isPublic: false,
	},
	'Admission.disabled': {
		label: 'Admission Disabled',
		description: 'A student lost a place in coaching',
		confirmable: 'nothing',
		isPublic: false,
	},
	'Comment.created': {
		label: 'Comment Created',
		description: 'Somebody wrote a comment',
		confirmable: 'nothing',
		isPublic: false,
	},
	'EmailLead.created': {
		label: 'Email Lead Created',
		description: 'A visitor left an e-mail address',
		confirmable: 'nothing',
		isPublic: false,
	},
	'Enrollment.completed': {
		label: 'Enrollment Completed',
		description: 'A student completed a course',
		confirmable: 'event',
		isPublic: true,
	},
	'Enrollment.created': {
		label: 'Enrollment Created',
		description:
			'A student was enrolled in a course: by a purchase, by hand or by the API; a bundle sends one per course',
		confirmable: 'event',
		isPublic: true,
	},
	'Enrollment.disabled': {
		label: 'Enrollment Disabled',
		description: 'A student lost a course: unenrolled, not paid or expired',
		confirmable: 'event',
		isPublic: true,
	},
	'LectureProgress.created': {
		label: 'Lecture Completed',
		description: 'A student completed a lecture',
		confirmable: 'event',
		isPublic: true,
	},
	'Response.created': {
		label: 'Quiz Answered',
		description: 'A student answered a graded quiz',
		confirmable: 'nothing',
		isPublic: false,
	},
	'Sale.created': {
		label: 'Sale Created',
		description: 'Something was sold, also for free or by hand; one event for a whole bundle',
		confirmable: 'person',
		isPublic: true,
	},
	'Sale.subscription_canceled': {
		label: 'Subscription Canceled',
		description: 'A subscription that was bought in Teachable was canceled',
		confirmable: 'person',
		isPublic: true,
	},
	'Transaction.created': {
		label: 'Transaction Created',
		description: 'Money was paid in Teachable; one event per renewal',
		confirmable: 'event',
		isPublic: true,
	},
	'Transaction.refunded': {
		label: 'Transaction Refunded',
		description: 'Money that was paid in Teachable was returned',
		confirmable: 'event',
		isPublic: true,
	},
	'User.created': {
		label: 'User Created',
		description: 'Somebody signed up or was added',
		confirmable: 'event',
		isPublic: true,
	},
	'User.subscribe_to_marketing_emails': {
		label: 'User Subscribed to Marketing Emails',
		description: 'Somebody agreed to marketing e-mails',
		confirmable: 'person',
		isPublic: true,
	},
	'User.unsubscribe_from_marketing_emails': {
		label: 'User Unsubscribed From Marketing Emails',
		description: 'Somebody no longer wants marketing e-mails',
		confirmable: 'person',
		isPublic: true,
	},
	'User.updated': {
		label: 'User Updated',
		description: 'The data of a user changed',
		confirmable: 'event',
		isPublic: true,
	},
	'UserTag.created': {
		label: 'User Tag Added',
		description: 'A user got a tag',
		confirmable: 'nothing',
		isPublic: false,
	},
	'UserTag.removed': {
		label: 'User Tag Removed',
		description: 'A user lost a tag',
		confirmable: 'nothing',
		isPublic: false,
	},
} satisfies Record<string, EventDefinition>;

export type TeachableEvent = keyof typeof EVENTS;

/** Stands for all events, also for those that Teachable adds later. */
export const ALL_EVENTS = '*';

export const isKnownEvent = (event: string): event is TeachableEvent => Object.hasOwn(EVENTS, event);

/** What is known of an event: nothing, if Teachable added it later. */
export const definitionOf = (event: string): Pick<EventDefinition, 'confirmable' | 'isPublic'> =>
	isKnownEvent(event) ? EVENTS[event] : { confirmable: 'nothing', isPublic: false };
