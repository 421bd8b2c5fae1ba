import { DEMO } from '../emulator/seed';
import type { Emulator } from '../emulator/types';
import type { Sample } from './index';

const { guitar, songwriting, masterclass } = DEMO.courses;
const EMAIL = 'rosa@students.example';
const every = { returnAll: true };
const chosen = (value: string | number) => ({ __rl: true, mode: 'id', value });
const person = { findBy: 'email', email: EMAIL };
const rows = [
	{ value: 'monthly', course: chosen(`${guitar}, ${songwriting}`) },
	{ value: 'annual', course: chosen(`${songwriting}, ${masterclass}`) },
];

/** The first lecture of the course in which there are students; its first one has been completed. */
const lectureOf = ({ teachable }: Emulator, index = 0) => {
	const { sections } = teachable.courses.find(({ id }) => id === masterclass)!;
	const lecture = sections.flatMap(({ lectures }) => lectures)[index]!;
	const attachment = (kind: string) => chosen(lecture.attachments.find((entry) => entry.kind === kind)!.id);
	return { fields: { courseId: chosen(masterclass), lectureId: chosen(lecture.id) }, attachment };
};

const ofQuiz: Sample = (emulator) => {
	const { fields, attachment } = lectureOf(emulator);
	return { ...fields, quizId: attachment('quiz') };
};

const sendWebhook = async ({ teachable }: Emulator) => {
	const { id } = teachable.registerWebhook({ url: `${teachable.url}/nowhere` });
	const headers = { apikey: DEMO.teachable.apiKey, 'content-type': 'application/json' };
	await fetch(`${teachable.url}/users`, {
		method: 'POST',
		headers,
		body: JSON.stringify({ email: 'new@example.com' }),
	});
	await teachable.settled();
	return id;
};

/** Every operation of the Teachable node, by resource and operation. */
export const SAMPLES: Record<string, Sample> = {
	'apiCall/send': () => ({ method: 'GET', path: '/courses' }),
	'course/get': () => ({ courseId: chosen(guitar) }),
	'course/getAll': () => every,
	'course/getEnrollments': () => ({ courseId: chosen(masterclass), addPeople: true, ...every }),
	'course/getProgress': () => ({ courseId: chosen(masterclass), ...person }),
	'enrollment/applyAccess': () => ({ readFrom: 'fields', decision: 'grant', ...person, courseId: chosen(guitar) }),
	'enrollment/enroll': () => ({ ...person, courseId: chosen(guitar) }),
	'enrollment/move': ({ teachable }) => {
		teachable.addEnrollment({ email: EMAIL, courseId: guitar });
		return { ...person, courseFrom: 'table', oldValue: 'monthly', newValue: 'annual', table: { rows } };
	},
	'enrollment/setStudents': ({ teachable }) => {
		for (const email of ['left@example.com', 'helena@guitarfromzero.example'])
			teachable.addEnrollment({ email, courseId: guitar });
		const options = { includeSummary: true };
		return { ...person, courseId: chosen(guitar), dryRun: false, removalLimit: 100, options };
	},
	'enrollment/unenroll': () => ({ ...person, courseId: chosen(masterclass) }),
	'lecture/get': (emulator) => lectureOf(emulator).fields,
	'lecture/getQuiz': ofQuiz,
	'lecture/getQuizResponses': ofQuiz,
	'lecture/getQuizzes': (emulator) => lectureOf(emulator).fields,
	'lecture/getVideo': (emulator) => {
		const { fields, attachment } = lectureOf(emulator);
		return { ...fields, videoId: attachment('video') };
	},
	'lecture/markComplete': (emulator) => ({ ...lectureOf(emulator, 3).fields, ...person }),
	'pricingPlan/get': ({ teachable }) => ({ planId: chosen(teachable.pricingPlans[0]!.id) }),
	'pricingPlan/getAll': () => every,
	'transaction/getAll': () => every,
	'user/create': () => ({ email: 'new@example.com', fields: { name: 'New', src: 'hotmart' } }),
	'user/get': () => person,
	'user/getAll': () => every,
	'user/update': () => ({ ...person, fields: { src: 'hotmart' } }),
	'user/upsert': () => ({ email: EMAIL, fields: { src: 'hotmart' } }),
	'webhook/getAll': async (emulator) => {
		await sendWebhook(emulator);
		return every;
	},
	'webhook/getEvents': async (emulator) => ({ webhookId: chosen(await sendWebhook(emulator)), ...every }),
};
