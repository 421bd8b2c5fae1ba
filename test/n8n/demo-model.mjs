// @ts-check
/** What the stand-in of an AI model says in the demo: it plays the support agent of the template by a few rules. */

/**
 * Arguments for a tool: of what is known, what the tool asks for by name, wherever its schema has it.
 * @param {any} schema JSON schema
 * @param {Record<string, unknown>} known by name of the argument
 * @returns {Record<string, any>}
 */
function argumentsFor(schema, known) {
	return Object.fromEntries(
		Object.entries(schema?.properties ?? {}).map(([name, property]) => [
			name,
			/** @type {any} */ (property).properties ? argumentsFor(property, known) : (known[name] ?? ''),
		]),
	);
}

/** The first e-mail address in a text. @param {string} text */
const emailIn = (text) => text.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/)?.[0];

/** The name in a question such as "Why can't Maria Silva log in?". @param {string} text */
const nameIn = (text) => text.match(/(?<=\s)\p{Lu}[\p{L}']+(\s\p{Lu}[\p{L}']+)*/u)?.[0];

/**
 * Finds the person, checks access, looks for the student, and proposes the enrollment that is missing.
 * @param {import('./stand-ins.mjs').ModelRequest} request
 * @returns {import('./stand-ins.mjs').ModelReply}
 */
export function supportAgent({ messages, tools }) {
	const turn = messages.slice(messages.map(({ role }) => role).lastIndexOf('user'));
	const question = turn[0]?.text ?? '';
	/** What a tool has answered since the question. @param {string} name */
	const answerOf = (name) => {
		const call = turn.flatMap(({ calls }) => calls).find((made) => made.name === name);
		return call && turn.find(({ callId }) => callId === call.id)?.text;
	};
	/** @param {string} name @param {Record<string, unknown>} known @returns {import('./stand-ins.mjs').ModelReply} */
	const ask = (name, known) => {
		const tool = tools.find((offered) => offered.name === name);
		if (!tool)
			return {
				text: `I am a stand-in of an AI model. I play the support agent of the template, and have no ${name} here.`,
			};
		return { calls: [{ name, arguments: argumentsFor(tool.parameters, known) }] };
	};
	/** @param {string} answer @param {Record<string, unknown>} [proposal] */
	const finish = (answer, proposal) => ask('format_final_json_response', { answer, enroll: false, ...proposal });

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
	const { hasAccess, status, reason } = /** @type {any} */ ([JSON.parse(access)].flat()[0] ?? {});
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
