import type { ModelReply, ModelRequest } from './stand-ins.mts';

/** What the stand-in of an AI model says in the demo: it plays the support agent of the template by a few rules. */

/**
 * Arguments for a tool: of what is known, what the tool asks for by name, wherever its schema has it.
 * @param schema JSON schema
 * @param known by name of the argument
 */
function argumentsFor(schema: any, known: Record<string, unknown>): Record<string, any> {
	return Object.fromEntries(
		Object.entries(schema?.properties ?? {}).map(([name, property]) => [
			name,
			(property as any).properties ? argumentsFor(property, known) : (known[name] ?? ''),
		]),
	);
}

/** The first e-mail address in a text. */
const emailIn = (text: string) => text.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/)?.[0];

/** The name in a question such as "Why can't Maria Silva log in?". */
const nameIn = (text: string) => text.match(/(?<=\s)\p{Lu}[\p{L}']+(\s\p{Lu}[\p{L}']+)*/u)?.[0];

/** Finds the person, checks access, looks for the student, and proposes the enrollment that is missing. */
export function supportAgent({ messages, tools }: ModelRequest): ModelReply {
	const turn = messages.slice(messages.map(({ role }) => role).lastIndexOf('user'));
	const question = turn[0]?.text ?? '';
	/** What a tool has answered since the question. */
	const answerOf = (name: string) => {
		const call = turn.flatMap(({ calls }) => calls).find((made) => made.name === name);
		return call && turn.find(({ callId }) => callId === call.id)?.text;
	};
	const ask = (name: string, known: Record<string, unknown>): ModelReply => {
		const tool = tools.find((offered) => offered.name === name);
		if (!tool)
			return {
				text: `I am a stand-in of an AI model. I play the support agent of the template, and have no ${name} here.`,
			};
		return { calls: [{ name, arguments: argumentsFor(tool.parameters, known) }] };
	};
	const finish = (answer: string, proposal?: Record<string, unknown>) =>
		ask('format_final_json_response', { answer, enroll: false, ...proposal });

	const name = nameIn(question);
	const buyer = answerOf('Find_Buyer');
	const email = emailIn(question) ?? emailIn(buyer ?? '');
	if (!email) {
		if (name && buyer === undefined) return ask('Find_Buyer', { name });
		return finish(
			`I found nobody${name ? ` of the name ${name}` : ''}. With which e-mail address did this person buy?`,
		);
	}

	const access = answerOf('Check_Access');
	if (access === undefined) return ask('Check_Access', { email });
	const { hasAccess, status, reason } = ([JSON.parse(access)].flat()[0] ?? {}) as any;
	const verdict = `Hotmart says: ${status ?? 'no purchase'} (${reason}).`;
	if (!hasAccess) return finish(`${email} has no access now. ${verdict}`, { email });

	const student = answerOf('Find_Student');
	if (student === undefined) return ask('Find_Student', { email });
	if (/"activeCourseIds":\s*\[\d/.test(student))
		return finish(`${email} has access and is enrolled. ${verdict} A new password should help.`, { email });
	return finish(`${email} has access but is in no course. I have asked for approval to enroll.`, {
		email,
		enroll: true,
		reason: `${email} has paid but is in no course. ${verdict}`,
	});
}
