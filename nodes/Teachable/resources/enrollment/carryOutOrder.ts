import type { IDataObject } from 'n8n-workflow';

import { findOrCreateUser, type NewUser } from '../../api/creation';
import { changeEnrollment } from '../../api/enrollments';
import type { TeachableCall } from '../../api/operation';
import type { Person } from '../../api/memory';
import { findUser } from '../../api/people';
import type { Output } from '../../../shared/operation';
import type { AccessOrder } from './accessOrder';
import { forEachCourse, toCourseColumns } from './changes';
import { coursesForOrder } from './courses';
import type { Course } from './table';

/** What became of an order in one course; nothing and noCourse are about no course at all. */
type OrderResult = 'enrolled' | 'unenrolled' | 'notYet' | 'noUser' | 'noCourse' | 'nothing';

/**
 * How far the clocks of this computer and of the sender may differ, in milliseconds: what takes effect now at the sender's must
 * not be put off here.
 */
const CLOCK_TOLERANCE = 5 * 60_000;

/**
 * Does what an order says, with the fewest requests: a search, the creation of a user who is missing, and one change a course.
 * Whether somebody was in a course before is not asked, as it changes nothing.
 */
export async function carryOutOrder(call: TeachableCall, order: AccessOrder): Promise<Output> {
	const { enter, leave } = coursesForOrder(call, order);
	if (order.decision === 'none') {
		const why = order.reason === null ? '' : ` (${order.reason})`;
		return toResult(call, order, 'nothing', `The decision is none${why}, so nothing was changed.`);
	}
	if (enter.length + leave.length === 0)
		return toResult(call, order, 'noCourse', 'No row of the table matches, so nothing was changed.');
	const isLater = order.effectiveAt !== null && order.effectiveAt > Date.now() + CLOCK_TOLERANCE;
	// A switch takes effect later for the old courses alone.
	if (isLater && order.decision !== 'switch') return putOff(call, order, [...enter, ...leave]);
	if (enter.length === 0) return await takeOut(call, order, leave, await findUser(call.api, order.email));

	const { created, ...person } = await findOrCreateUser(call.api, { email: order.email }, newUser(call, order));
	const entered = await letIn(call, order, enter, { ...person, created });
	// A person who could not be enrolled keeps the old courses, so the item can run again. A new user has none.
	if (created || entered.some((result) => result instanceof Error)) return entered;
	const left = isLater ? putOff(call, order, leave, person) : await takeOut(call, order, leave, person);
	return [...entered, ...left];
}

function newUser({ param }: TeachableCall, { name }: AccessOrder): NewUser {
	const { password, src } = param<NewUser>('options', {});
	return { name: name ?? undefined, password, src };
}

const letIn = async (
	call: TeachableCall,
	order: AccessOrder,
	courses: Course[],
	person: Person & { created: boolean },
) =>
	await forEachCourse(courses, async (course) => {
		await changeEnrollment(call.api, 'enroll', person.id, course.id);
		return toResult(call, order, 'enrolled', `${nameOf(order, person)} is enrolled in ${titleOf(course)}.`, {
			person,
			course,
		});
	});

const takeOut = async (call: TeachableCall, order: AccessOrder, courses: Course[], person: Person | null) =>
	await forEachCourse(courses, async (course) => {
		if (person === null) {
			const message = `The school has no user with the address ${order.email}, so there is no access to end.`;
			return toResult(call, order, 'noUser', message, { course });
		}
		await changeEnrollment(call.api, 'unenroll', person.id, course.id);
		const message = `${nameOf(order, person)} is not enrolled in ${titleOf(course)} any more.`;
		return toResult(call, order, 'unenrolled', message, { person, course });
	});

const putOff = (call: TeachableCall, order: AccessOrder, courses: Course[], person?: Person): IDataObject[] =>
	courses.map((course) => {
		const verb = order.decision === 'grant' ? 'enters' : 'leaves';
		const message = `${nameOf(order, person)} ${verb} ${titleOf(course)} on ${new Date(order.effectiveAt!).toISOString()}, not yet.`;
		return toResult(call, order, 'notYet', message, { person, course });
	});

const nameOf = (order: AccessOrder, person?: Person) => person?.name ?? order.name ?? order.email;
const titleOf = ({ id, name }: Course) => name ?? `course ${id}`;

/** The item of a result; all have the same columns. */
const toResult = (
	{ api }: TeachableCall,
	order: AccessOrder,
	result: OrderResult,
	message: string,
	{ person, course }: { person?: Person & { created?: boolean }; course?: Course } = {},
): IDataObject => ({
	decision: order.decision,
	reason: order.reason,
	result,
	message,
	userId: person?.id ?? null,
	email: person?.email ?? (order.email || null),
	name: person?.name ?? order.name,
	...(course ? toCourseColumns(api, course) : { courseId: null, courseName: null }),
	created: person?.created ?? false,
	effectiveAt: order.effectiveAt === null ? null : new Date(order.effectiveAt).toISOString(),
});
