/** The least that enrolling a buyer can be: the three requests of a sale by the credential, with one fixed course and no parameter, retry or error in words. */
exports.LeastAccess = class {
	description = {
		displayName: 'Least Access',
		name: 'leastAccess',
		group: ['transform'],
		version: 1,
		description: 'Enrolls a buyer',
		defaults: { name: 'Least Access' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'teachableApi', required: true }],
		properties: [],
	};
	async execute() {
		const { apiUrl } = await this.getCredentials('teachableApi');
		const send = async (method, path, more) =>
			await this.helpers.httpRequestWithAuthentication.call(this, 'teachableApi', {
				method,
				url: `${apiUrl}${path}`,
				json: true,
				...more,
			});
		for (const { json } of this.getInputData()) {
			const { email, name } = json.data.buyer;
			const { users } = await send('GET', '/users', { qs: { email } });
			const { id } = users[0] ?? (await send('POST', '/users', { body: { email, name } }));
			await send('POST', '/enroll', { body: { user_id: id, course_id: 2966496 } });
		}
		return [this.getInputData()];
	}
};
