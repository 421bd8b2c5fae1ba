import { DEMO } from '../emulator/seed.ts';
import type { NodeType, WorkflowNode } from './client.mts';

/** By name of an assignment or a field that a template leaves empty. */
const SETTINGS: Record<string, string> = {
	// The course that the support agent enrolls in
	course: String(DEMO.courses.guitar),
	// What the test of the set-up buys
	productId: String(DEMO.plans.monthly),
	// What the next coupon is for
	nextProductId: String(DEMO.products.songwriting),
	// Who sends mails, and who gets reports
	fromEmail: 'school@example.com',
	toEmail: 'owner@example.com',
	// Who approves what the support agent wants to change
	approverEmail: 'owner@example.com',
};

const COURSE_NAMES: Record<number, string> = {
	[DEMO.courses.guitar]: 'Guitar from Zero',
	[DEMO.courses.masterclass]: 'Guitar Masterclass',
	[DEMO.courses.songwriting]: 'Songwriting Workshop',
};

/** A course as the editor keeps one that was picked from the list. */
const picked = (value: number) => ({ __rl: true, mode: 'list', value, cachedResultName: COURSE_NAMES[value] });

/** The rows of a table of courses: what each product or plan opens. */
const ROWS = DEMO.leadsTo.map(({ planId, productId, courseId }) => ({
	value: String(planId ?? productId),
	course: picked(courseId),
}));

/** Tables that templates create themselves when they are run, by the node that uses another than the keep list. */
const DATA_TABLES: Record<string, string> = { 'Save Event': 'Hotmart Events' };

/**
 * Fills in what a template leaves empty: all products, and a table with the course of each.
 * @param node changed in place
 * @param type of the node in this n8n
 */
export function fillIn({ name, parameters }: WorkflowNode, type?: NodeType) {
	const { courseId, dataTableId, assignments, table, products, selectedProducts } = parameters;
	if (products === 'selected' && selectedProducts.length === 0)
		parameters.selectedProducts = Object.values(DEMO.products).map(String);
	if (courseId?.__rl && courseId.value === '' && parameters.resource === 'course')
		parameters.courseId = picked(DEMO.courses.guitar);
	else if (courseId?.__rl && courseId.value === '') {
		delete parameters.courseId;
		Object.assign(parameters, { courseFrom: 'table', table: { rows: ROWS } });
	}
	if (table && !table.rows) parameters.table = { rows: ROWS };
	if (dataTableId?.__rl && dataTableId.value === '') {
		const modes = type?.properties.find((property) => property.name === 'dataTableId' && property.modes)?.modes ?? [];
		// n8n 1 finds a table by its ID only
		const mode = modes.some((each) => each.name === 'name') ? 'name' : 'id';
		parameters.dataTableId = { __rl: true, mode, value: DATA_TABLES[name] ?? 'Keep List' };
	}
	for (const field of ['fromEmail', 'toEmail']) if (parameters[field] === '') parameters[field] = SETTINGS[field];
	for (const assignment of assignments?.assignments ?? [])
		if (assignment.value === '') assignment.value = SETTINGS[assignment.name] ?? '';
}

/** What a person enters in the template Sync Students. */
export interface SyncSettings {
	dryRun?: boolean;
	/** Percent. */
	removalLimit?: number;
	/** Addresses with commas. */
	keep?: string;
	keepMinutes?: number;
	/** Values and the courses that they open. */
	rows?: Array<{ value: number; course: number }>;
	/** Access policy, with its days of grace. */
	policy?: { policy: string; graceDays?: number };
}

/**
 * Enters rows into the table of courses of a node.
 * @param rows values and the courses that they open
 */
export function setTable({ parameters }: WorkflowNode, rows: Array<{ value: number; course: number }>) {
	parameters.table = {
		rows: rows.map(({ value, course }) => ({
			value: String(value),
			course: picked(course),
		})),
	};
}

/** @param nodes changed in place */
export function setUpSync(nodes: WorkflowNode[], settings: SyncSettings) {
	const { dryRun, removalLimit, keep, keepMinutes, rows, policy } = settings;
	const parametersOf = (name: string) => nodes.find((node) => node.name === name)!.parameters;
	const students = parametersOf('Set Students');
	Object.assign(students, JSON.parse(JSON.stringify({ dryRun, removalLimit })));
	Object.assign(students.options, JSON.parse(JSON.stringify({ keep, keepMinutes })));
	if (rows)
		setTable(
			nodes.find(({ name }) => name === 'Set Students')!,
			rows,
		);
	Object.assign(parametersOf('Who Has Access'), policy);
}
