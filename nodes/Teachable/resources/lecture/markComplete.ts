import { lastingNotice } from '../../../shared/fields';
import { RequestError } from '../../../shared/http';
import { addresses } from '../../api/addresses';
import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { requireUserId } from '../../api/people';
import { isCompleted, readProgress } from '../../api/progress';
import { lectureFields, lectureOf } from './fields';

export const markComplete: TeachableOperation = {
	name: 'Mark Complete',
	value: 'markComplete',
	action: 'Mark a lecture complete',
	description: 'Mark a lecture complete for a student; cannot be undone through the API',
	fields: [...lectureFields, ...personFields, lastingNotice],
	async execute(call) {
		const { api } = call;
		const [courseId, lectureId] = lectureOf(call);
		const userId = await requireUserId(call);
		const request = {
			method: 'POST' as const,
			path: addresses.completeLecture(courseId, lectureId),
			body: { user_id: userId },
			idempotent: true,
		};
		const refusal = await api.request(request).then(
			() => null,
			(error: Error) => error,
		);
		if (refusal) {
			// 409 may mean that the lecture is complete, or that the course does not allow it yet (Teachable §2.5): check.
			if (!(refusal instanceof RequestError) || refusal.status !== 409) throw refusal;
			const progress = await readProgress(api, addresses.courseProgress(courseId), userId);
			if (!isCompleted(progress, lectureId)) throw refusal;
		}
		return { userId, courseId, lectureId, completed: true, alreadyCompleted: refusal !== null };
	},
};
