import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { asBoolean, asEmail, asNumber, asText, asTime, copyOf, Reader } from '../../shared/reader';
import { toJson, type Envelope } from './delivery';
import { definitionOf } from './events';
import { asMoney, type Money } from '../api/money';

interface Named {
	id: number | null;
	name: string | null;
}

export interface Student extends Named {
	email: string | null;
}

export interface Enrollment {
	id: number | null;
	isActive: boolean | null;
	enrolledAt: string | null;
	completedAt: string | null;
	percentComplete: number | null;
	saleId: number | null;
	certificateSerialNumber: string | null;
}

export interface Lecture extends Named {
	isCompleted: boolean | null;
	completedAt: string | null;
	percentComplete: number | null;
}

export interface Sale {
	id: number | null;
	price: Money | null;
}

export interface Transaction {
	id: number | null;
	saleId: number | null;
	pricingPlanId: number | null;
	price: Money | null;
	refunded: Money | null;
	status: string | null;
	purchasedAt: string | null;
	refundedAt: string | null;
}

/** One event of Teachable in the shape that workflows rely on. Times are ISO 8601 UTC, unknown values are null. */
export interface TeachableItem {
	event: string;
	eventId: number | null;
	/** The same for every delivery of one event, different for another event. */
	eventKey: string;
	createdAt: string | null;
	/** Whether it is no test event. */
	live: boolean;
	/** Whether Teachable's API said the same. */
	confirmed: boolean;
	student: Student;
	course: Named | null;
	product: Named | null;
	enrollment: Enrollment | null;
	lecture: Lecture | null;
	sale: Sale | null;
	transaction: Transaction | null;
	/** The object of an answered quiz, whose fields are not public. */
	quiz: IDataObject | null;
	/** What the event carries beyond these, under Teachable's own names. */
	extra: IDataObject;
}

/** Reads an event. Never throws: what cannot be read is null and stays in `extra`. */
export function readItem(envelope: Envelope): TeachableItem {
	const { type, object } = envelope;
	const [kind] = type.split('.');
	const about = new Reader(envelope.others);
	const reader = new Reader(object);
	const eventId = about.take('hook_event_id', asNumber);
	const item = {
		event: type,
		eventId,
		eventKey: `${type}:${eventId ?? hashOf(envelope)}`,
		createdAt: about.take('created', asTime),
		live: about.take('livemode', asBoolean) ?? true,
		confirmed: false,
		student: readStudent(reader, kind === 'User'),
		course: orNull({
			id: reader.take(['course_id', 'course.id'], asNumber),
			name: reader.take('course.name', asText),
		}),
		product: orNull({
			id: reader.take(['sale.product.id', 'product.id'], asNumber),
			name: reader.take(['sale.product.name', 'product.name'], asText),
		}),
		enrollment: kind === 'Enrollment' ? readEnrollment(reader, type) : null,
		lecture: kind === 'LectureProgress' ? readLecture(reader) : null,
		sale: kind === 'Sale' ? readSale(reader) : null,
		transaction: kind === 'Transaction' ? readTransaction(reader) : null,
	};
	if (definitionOf(type).isPublic) return { ...item, quiz: null, extra: reader.rest() };
	const whole = copyOf(object) as IDataObject;
	return kind === 'Response' ? { ...item, quiz: whole, extra: {} } : { ...item, quiz: null, extra: whole };
}

/** Tells events apart that came without an ID. */
const hashOf = (envelope: Envelope) =>
	createHash('sha256')
		.update(JSON.stringify(toJson(envelope)))
		.digest('hex')
		.slice(0, 16);

const orNull = (named: Named): Named | null => (named.id === null && named.name === null ? null : named);

function readStudent(reader: Reader, isUser: boolean): Student {
	const at = (name: string) => (isUser ? name : `user.${name}`);
	return {
		id: reader.take(isUser ? 'id' : ['user_id', 'user.id'], asNumber),
		email: reader.take(at('email'), asEmail),
		name: reader.take(at('name'), asText),
	};
}

const readEnrollment = (reader: Reader, type: string): Enrollment => ({
	id: reader.take('id', asNumber),
	isActive: reader.take('is_active', asBoolean) ?? (type === 'Enrollment.disabled' ? false : null),
	enrolledAt: reader.take('enrolled_at', asTime),
	completedAt: null,
	percentComplete: reader.take('percent_complete', asNumber),
	saleId: reader.take('sale_id', asNumber),
	certificateSerialNumber: reader.take('certificate_serial_number', asText),
});

const readLecture = (reader: Reader): Lecture => ({
	id: reader.take(['lecture_id', 'lecture.id'], asNumber),
	name: reader.take('lecture.name', asText),
	isCompleted: reader.take('is_completed', asBoolean),
	completedAt: null,
	percentComplete: reader.take('percent_complete', asNumber),
});

function readSale(reader: Reader): Sale {
	const currency = reader.take('currency', asText);
	return { id: reader.take('id', asNumber), price: asMoney(reader.take(['final_price', 'price'], asNumber), currency) };
}

/** Reads a payment, of an event or of the API's list, which have the same names for most. */
export function readTransaction(reader: Reader): Transaction {
	const currency = reader.take('currency', asText);
	const refunded = reader.take('amount_refunded', asNumber);
	return {
		id: reader.take('id', asNumber),
		saleId: reader.take(['sale_id', 'sale.id'], asNumber),
		pricingPlanId: reader.take('pricing_plan_id', asNumber),
		price: asMoney(reader.take('final_price', asNumber), currency),
		refunded: refunded === 0 ? null : asMoney(refunded, currency),
		status: reader.take('status', asText),
		purchasedAt: reader.take('purchased_at', asTime),
		refundedAt: reader.take('refunded_at', asTime),
	};
}
