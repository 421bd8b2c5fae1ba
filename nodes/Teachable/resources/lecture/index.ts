import type { TeachableResource } from '../../api/operation';
import { get } from './get';
import { getQuiz } from './getQuiz';
import { getQuizResponses } from './getQuizResponses';
import { getQuizzes } from './getQuizzes';
import { getVideo } from './getVideo';
import { markComplete } from './markComplete';

export const lecture: TeachableResource = {
	name: 'Lecture',
	value: 'lecture',
	operations: [get, markComplete, getVideo, getQuizzes, getQuiz, getQuizResponses],
};
