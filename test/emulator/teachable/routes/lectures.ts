import { ApiError, bodyId, byId, iso, noContent, ok } from '../http';
import type { Call, Routes } from '../http';
import { complete } from '../life/learning';
import { progressOf, wasActive } from '../progress';
import type { AttachmentKind, TeachableAttachment, TeachableLecture } from '../types';

const question = {
	question: 'Which string is the lowest?',
	question_type: 'single',
	answers: ['E', 'A', 'D'],
	correct_answers: ['E'],
	graded: true,
};

const quizOf = ({ id }: TeachableAttachment) => ({ id, type: 'Quiz', questions: [question] });

const attachmentRow = (lecture: TeachableLecture, attachment: TeachableAttachment) => ({
	id: attachment.id,
	name: attachment.kind === 'quiz' ? null : lecture.name,
	kind: attachment.kind,
	url: null,
	text: attachment.kind === 'text' ? `<p>${lecture.name}</p>` : null,
	position: lecture.attachments.indexOf(attachment) + 1,
	// Also 0 for videos, as seen live
	file_size: 0,
	file_extension: null,
	...(attachment.kind === 'quiz' && { quiz: quizOf(attachment) }),
});

function lectureOf({ school, params }: Call) {
	const course = byId('Course', school.state.courses, params.courseId);
	const section = course.sections.find(({ lectures }) => lectures.some(({ id }) => id === Number(params.lectureId)));
	const lecture = byId('Lecture', section?.lectures ?? [], params.lectureId);
	return { course, section, lecture };
}

const attachmentsOf = (call: Call, kind: AttachmentKind) =>
	lectureOf(call).lecture.attachments.filter((attachment) => attachment.kind === kind);

const path = '/courses/:courseId/lectures/:lectureId';

/** Lectures with their videos and quizzes. */
export const lectureRoutes: Routes = {
	[`GET ${path}`]: (call) => {
		const { section, lecture } = lectureOf(call);
		return ok({
			lecture: {
				id: lecture.id,
				name: lecture.name,
				position: (section?.lectures.indexOf(lecture) ?? 0) + 1,
				is_published: lecture.isPublished,
				lecture_section_id: section?.id,
				attachments: lecture.attachments.map((attachment) => attachmentRow(lecture, attachment)),
			},
		});
	},

	[`POST ${path}/mark_complete`]: (call) => {
		const { school, now } = call;
		const { course, lecture } = lectureOf(call);
		const { id: userId } = byId('User', school.state.users, bodyId(call, 'user_id'));
		const enrolled = school.state.enrollments.find(
			(row) => row.userId === userId && row.courseId === course.id && wasActive(row, now),
		);
		if (!enrolled) throw new ApiError(404, 'Enrollment not found');
		const before = progressOf(school.state, userId, course);
		if (before.done.has(lecture.id)) throw new ApiError(409, 'Lecture is already complete');
		call.emit(complete(school, enrolled, lecture.id));
		return noContent;
	},

	[`GET ${path}/videos/:videoId`]: (call) => {
		const { id } = byId('Video', attachmentsOf(call, 'video'), call.params.videoId);
		return ok({
			video: {
				id,
				video_asset: {
					url: `https://videos.example/${id}/playlist.m3u8?expires=${Math.floor(call.now / 1000) + 3600}`,
					content_type: 'application/x-mpegURL',
				},
				status: 'READY',
				url_thumbnail: `https://videos.example/${id}/thumbnail.jpg`,
				media_type: 'VIDEO',
				media_duration: 372,
			},
		});
	},

	[`GET ${path}/quizzes`]: (call) => ok({ quiz_ids: attachmentsOf(call, 'quiz').map(({ id }) => id) }),

	[`GET ${path}/quizzes/:quizId`]: (call) => {
		const { lecture } = lectureOf(call);
		const attachment = byId('Quiz', attachmentsOf(call, 'quiz'), call.params.quizId);
		const { id, name, kind, url, text, position } = attachmentRow(lecture, attachment);
		const quiz = { id, name, kind, url, text, position, quiz: quizOf(attachment) };
		return ok(call.school.switches.shapes === 'live' ? { quiz } : quiz);
	},

	[`GET ${path}/quizzes/:quizId/responses`]: (call) => {
		const { school } = call;
		const { course, lecture } = lectureOf(call);
		byId('Quiz', attachmentsOf(call, 'quiz'), call.params.quizId);
		const live = school.switches.shapes === 'live';
		const quizResponses = {
			course_id: course.id,
			course_name: course.name,
			lecture_id: lecture.id,
			lecture_name: lecture.name,
			graded: true,
			// Whoever has completed the lecture has answered its quiz, all right
			responses: school.state.completions
				.filter(({ lectureId }) => lectureId === lecture.id)
				.map(({ userId, at }) => {
					const user = byId('User', school.state.users, userId);
					return {
						student_id: userId,
						student_name: user.name,
						student_email: user.email,
						submitted_at: iso(at),
						percent_correct: live ? 1 : 100,
					};
				}),
		};
		return ok(live ? { quiz_responses: quizResponses } : quizResponses);
	},
};
