import { DEMO } from '../emulator/seed.ts';
import type { WorkflowNode } from './client.mts';

/** Everyone who buys gets this course. */
export const COURSE = { value: String(DEMO.courses.guitar), name: 'Guitar from Zero' };

/** By name of the assignment; objects are written as JSON. */
export const SETTINGS = {
	course: COURSE.value,
	// The annual plan has a course of its own
	courseByPlan: JSON.stringify({ [DEMO.plans.annual]: DEMO.courses.masterclass }),
	courseTable: JSON.stringify([
		{ product: DEMO.products.guitar, plan: DEMO.plans.monthly, course: DEMO.courses.guitar },
		{ product: DEMO.products.guitar, plan: DEMO.plans.annual, course: DEMO.courses.masterclass },
		{ product: DEMO.products.songwriting, course: DEMO.courses.songwriting },
	]),
	// Who sends mails to subscribers, and who gets reports
	fromEmail: 'school@example.com',
	toEmail: 'owner@example.com',
	// Who approves what the support agent wants to change
	approverEmail: 'owner@example.com',
};

const picked = (value: number, name: string) => ({ __rl: true, mode: 'list', value, cachedResultName: name });

/** The rows for nodes that have a table without rows. */
const ROWS = [
	{ value: String(DEMO.plans.monthly), course: picked(DEMO.courses.guitar, 'Guitar from Zero') },
	{ value: String(DEMO.plans.annual), course: picked(DEMO.courses.masterclass, 'Guitar Masterclass') },
	{ value: String(DEMO.products.songwriting), course: picked(DEMO.courses.songwriting, 'Songwriting Workshop') },
];

/**
 * Fills in what a template leaves empty.
 * @param node changed in place
 */
export function fillIn({ parameters }: WorkflowNode) {
	const { courseId, dataTableId, assignments, table } = parameters ?? {};
	if (courseId?.__rl && courseId.value === '') {
		parameters.courseId = { __rl: true, mode: 'list', value: COURSE.value, cachedResultName: COURSE.name };
	}
	// The table that a template creates itself when it is run
	if (dataTableId?.__rl && dataTableId.value === '')
		parameters.dataTableId = { __rl: true, mode: 'name', value: 'Hotmart Events' };
	if (table && !table.rows) parameters.table = { rows: ROWS };
	for (const assignment of assignments?.assignments ?? []) {
		const value = (SETTINGS as Record<string, string>)[assignment.name];
		if (value !== undefined && ['', '{}', '[]'].includes(assignment.value)) assignment.value = value;
	}
}
