import { sleep, UserError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { asIs } from '../../shared/client';
import { RequestError } from '../../shared/http';
import { asEmail, asNumber, asText, asTime, Reader } from '../../shared/reader';
import { addresses } from '../api/addresses';
import { connect, type TeachableClient } from '../api/client';
import { NO_ANSWER } from '../api/list';
import { enrollmentsOf, learn } from '../api/people';
import { isCompleted, lecturesOf, readProgress } from '../api/progress';
import { definitionOf } from './events';
import { readTransaction, type TeachableItem } from './item';

/** Waits before the API is asked again, in milliseconds: new sales may take two minutes to appear (Teachable §2.13). */
const WAITS = [2_000, 8_000, 30_000, 90_000];
/** The gateway's answer to an address that the API does not have: then the API URL is wrong, not the event. */
const NO_ROUTE = /no route matched/i;

/** What one round has requested, so that it requests nothing twice. */
class Reads {
	private readonly answers = new Map<string, Promise<unknown>>();

	constructor(private readonly api: TeachableClient) {}

	/** The user, or null when the school has none with this ID. */
	user = async (id: number) =>
		await this.once(`user ${id}`, async () => {
			const user = learn(this.api, await this.api.request({ path: addresses.user(id) }));
			if (Number(user.id) === id) return user;
			throw new UserError(NO_ANSWER);
		});

	/** How far a user is in a course, or null where the user never was in it. */
	progress = async (courseId: number, userId: number) =>
		await this.once(
			`progress ${courseId} ${userId}`,
			async () => await readProgress(this.api, addresses.courseProgress(courseId), userId),
		);

	/** All payments of a user: one alone has no address (Teachable §2.13). */
	transactions = async (userId: number) =>
		await this.once(`transactions ${userId}`, async () => {
			const request = { path: addresses.transactions, query: { user_id: userId } };
			return await this.api.list(request, { limit: Infinity, read: asIs });
		});

	/** Null if it is not there. */
	private async once<T>(question: string, ask: () => Promise<T>): Promise<T | null> {
		const earlier = this.answers.get(question) as Promise<T | null> | undefined;
		const answer =
			earlier ??
			ask().catch((error: Error) => {
				if (error instanceof RequestError && error.status === 404 && !NO_ROUTE.test(error.message)) return null;
				throw error;
			});
		this.answers.set(question, answer);
		return await answer;
	}
}

/**
 * Reads the objects of events again. What the API has of an event replaces what the event says.
 *
 * @returns for each item the confirmed one; null for one that Teachable, also after a while, does not know
 * @throws RequestError when Teachable does not answer
 */
export async function confirmAll(
	context: IExecuteFunctions,
	items: TeachableItem[],
): Promise<Array<TeachableItem | null>> {
	const api = connect(context);
	const results = new Map<TeachableItem, TeachableItem | null>();
	for (const wait of [...WAITS, null]) {
		const reads = new Reads(api);
		for (const item of items) if (!results.get(item)) results.set(item, await confirm(reads, item));
		const isDone = items.every((item) => results.get(item));
		if (isDone || wait === null || context.getExecutionCancelSignal()?.aborted) break;
		await pause(context, wait);
	}
	return items.map((item) => results.get(item) ?? null);
}

/** Waits, unless the execution is canceled. */
async function pause(context: IExecuteFunctions, millis: number): Promise<void> {
	const signal = context.getExecutionCancelSignal();
	const canceled = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
	await Promise.race([sleep(millis), canceled]);
}

async function confirm(reads: Reads, item: TeachableItem): Promise<TeachableItem | null> {
	const { confirmable } = definitionOf(item.event);
	if (confirmable === 'nothing') return item;
	const { student } = item;
	const user = student.id === null ? null : await reads.user(student.id);
	if (user === null) return null;
	const withStudent = { ...item, student: { id: student.id, email: asEmail(user.email), name: asText(user.name) } };
	if (confirmable === 'person') return withStudent;
	const [kind] = item.event.split('.');
	const facts = await CONFIRM[kind as keyof typeof CONFIRM](reads, item, user, student.id!);
	return facts && { ...withStudent, ...facts, confirmed: true };
}

type Confirm = (
	reads: Reads,
	item: TeachableItem,
	user: IDataObject,
	userId: number,
) => Promise<Partial<TeachableItem> | null>;

/** How the events of a kind are confirmed; null if Teachable does not agree. */
const CONFIRM = {
	Enrollment: async (reads, { event, course, enrollment }, user, userId) => {
		const mine = enrollmentsOf(user).filter(({ course_id: id }) => Number(id) === course?.id);
		const active = mine.find(({ is_active_enrollment: isActive }) => isActive === true);
		const current = active ?? mine.at(-1);
		if (!current) return null;
		const completedAt = asTime(current.completed_at);
		// A student who completed a course and left it later has still completed it.
		const holds = {
			'Enrollment.created': active !== undefined,
			'Enrollment.completed': completedAt !== null,
			'Enrollment.disabled': active === undefined,
		};
		if (!holds[event as keyof typeof holds]) return null;
		const progress = event === 'Enrollment.completed' ? await reads.progress(course!.id!, userId) : null;
		return {
			course: { id: course!.id, name: asText(current.course_name) },
			enrollment: {
				...enrollment!,
				isActive: active !== undefined,
				enrolledAt: asTime(current.enrolled_at),
				completedAt,
				percentComplete: asNumber(current.percent_complete),
				certificateSerialNumber: new Reader(progress).peek('certificate.serial_number', asText),
			},
		};
	},

	LectureProgress: async (reads, item, _user, userId) => {
		const [courseId, lectureId] = [item.course?.id ?? null, item.lecture!.id];
		if (courseId === null || lectureId === null) return null;
		const progress = await reads.progress(courseId, userId);
		if (progress === null || !isCompleted(progress, lectureId)) return null;
		const lecture = lecturesOf(progress).find(({ id }) => Number(id) === lectureId)!;
		return {
			lecture: {
				id: lectureId,
				name: asText(lecture.name) ?? item.lecture!.name,
				isCompleted: true,
				completedAt: asTime(lecture.completed_at),
				percentComplete: asNumber(progress.percent_complete),
			},
		};
	},

	Transaction: async (reads, item, _user, userId) => {
		const found = (await reads.transactions(userId))?.find(({ id }) => Number(id) === item.transaction!.id);
		if (!found || item.transaction!.id === null) return null;
		const transaction = readTransaction(new Reader(found));
		const isRefunded =
			transaction.refundedAt !== null || transaction.refunded !== null || found.has_chargeback === true;
		return item.event === 'Transaction.refunded' && !isRefunded ? null : { transaction };
	},

	User: async () => ({}),
} satisfies Record<string, Confirm>;
