import type { NodeApiError } from 'n8n-workflow';

import { isEnrolled } from '../../people';
import type { TeachableClient } from '../../client';

/**
 * Enrols or unenrols a user. Both set a state, so they may be repeated, and a refusal is a success when the state is the
 * wanted one (facts §3: whether Teachable refuses a second time is not documented).
 *
 * @returns whether Teachable accepted the change; false when there was nothing to change
 */
export async function changeEnrollment(
	api: TeachableClient,
	change: 'enroll' | 'unenroll',
	userId: number,
	courseId: number,
): Promise<{ changed: boolean }> {
	const body = { user_id: userId, course_id: courseId };
	const refusal = await api
		.request({ method: 'POST', path: `/${change}`, body, idempotent: true })
		.then(() => null, (error: NodeApiError) => error);
	if (!refusal) return { changed: true };
	const mayBeDone = refusal.httpCode === (change === 'enroll' ? '422' : '404');
	if (mayBeDone && (await isEnrolled(api, userId, courseId)) === (change === 'enroll')) return { changed: false };
	throw refusal;
}
