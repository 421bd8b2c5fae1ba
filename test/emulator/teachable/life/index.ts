import { bindLife } from '../../shared/life';
import type { Life } from '../../shared/life';
import type { School } from '../school';
import { abandonOrder, buy, cancelSubscription, refund, renew } from './commerce';
import { answerQuiz, completeLecture, enroll, passTime, unenroll } from './learning';
import { addTag, comment, createUser, leaveEmail, removeTag, setAdmission, setMarketing, updateUser } from './people';

const LIFE = {
	createUser,
	updateUser,
	setMarketing,
	addTag,
	removeTag,
	leaveEmail,
	setAdmission,
	comment,
	enroll,
	unenroll,
	completeLecture,
	answerQuiz,
	buy,
	renew,
	cancelSubscription,
	refund,
	abandonOrder,
};

/**
 * What happens in a school, besides what its API is asked for. Each operation changes the state at once, then sends the webhooks
 * that Teachable sends, and settles when each has been answered or has failed (at once while deliveries are held). It throws only
 * for its own arguments, never because of a receiver.
 */
export type LifeOperations = Life<typeof LIFE>;

/** The operations of one school. */
export const lifeOf = (school: School): LifeOperations => bindLife(LIFE, school, () => passTime(school));
