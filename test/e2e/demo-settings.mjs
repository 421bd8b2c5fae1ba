// @ts-check
/**
 * What a creator fills in after importing a template, for the demo school. A template leaves these empty: the courses of
 * Teachable nodes, and text or object assignments of its Set nodes, which are filled by their names.
 */
import { tsImport } from 'tsx/esm/api';

/** @type {{ DEMO: typeof import('../emulator/seed').DEMO }} */
const { DEMO } = await tsImport('../emulator/seed.ts', import.meta.url);

/** Everyone who buys gets this course. */
export const COURSE = { value: String(DEMO.courses.guitar), name: 'Guitar from Zero' };

/** By name of the assignment; objects are written as JSON. */
export const SETTINGS = {
	course: COURSE.value,
	// The annual plan has a course of its own
	courseByPlan: JSON.stringify({ [DEMO.plans.annual]: DEMO.courses.masterclass }),
};

/**
 * Fills in what a template leaves empty.
 * @param {import('./n8n-client.mjs').WorkflowNode} node changed in place
 */
export function fillIn({ parameters }) {
	const { courseId, assignments } = parameters ?? {};
	if (courseId?.__rl && courseId.value === '') {
		parameters.courseId = { __rl: true, mode: 'list', value: COURSE.value, cachedResultName: COURSE.name };
	}
	for (const assignment of assignments?.assignments ?? []) {
		const value = /** @type {Record<string, string>} */ (SETTINGS)[assignment.name];
		if (value !== undefined && ['', '{}', '[]'].includes(assignment.value)) assignment.value = value;
	}
}
