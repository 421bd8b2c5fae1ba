import type { School } from '../school';
import { nextId } from '../state';
import type { TeachableUser } from '../types';
import { tell } from '../webhooks';
import { courseOf, guessedEvent, userEvent, userOf, userWith } from './common';

/** Somebody signs up, or is added: User.created. Answers the existing user, and tells nothing, when the address is taken. */
export async function createUser(
	school: School,
	person: { email: string } & Partial<TeachableUser>,
): Promise<TeachableUser> {
	const { user, payloads } = userWith(school, person);
	await tell(school, payloads);
	return user;
}

/** User.updated. */
export async function updateUser(
	school: School,
	email: string,
	change: Partial<Pick<TeachableUser, 'name' | 'src'>>,
): Promise<void> {
	const user = Object.assign(userOf(school, email), change);
	await tell(school, [userEvent('User.updated', user)]);
}

/** User.subscribe_to_marketing_emails or User.unsubscribe_from_marketing_emails. */
export async function setMarketing(school: School, email: string, agreed: boolean): Promise<void> {
	const user = Object.assign(userOf(school, email), { marketing: agreed });
	const type = agreed ? 'User.subscribe_to_marketing_emails' : 'User.unsubscribe_from_marketing_emails';
	await tell(school, [userEvent(type, user)]);
}

/** UserTag.created. */
export async function addTag(school: School, email: string, tag: string): Promise<void> {
	const user = userOf(school, email);
	if (user.tags.includes(tag)) throw new Error(`${email} has the tag ${tag} already`);
	user.tags.push(tag);
	await tell(school, [guessedEvent(school, 'UserTag.created', user, { tag: { name: tag } })]);
}

/** UserTag.removed. */
export async function removeTag(school: School, email: string, tag: string): Promise<void> {
	const user = userOf(school, email);
	if (!user.tags.includes(tag)) throw new Error(`${email} has no tag ${tag}`);
	user.tags.splice(user.tags.indexOf(tag), 1);
	await tell(school, [guessedEvent(school, 'UserTag.removed', user, { tag: { name: tag } })]);
}

/** A visitor leaves an address: EmailLead.created. */
export async function leaveEmail(school: School, email: string, name?: string): Promise<void> {
	const id = nextId(school.state);
	await tell(school, [{ type: 'EmailLead.created', id, object: { id, email, name: name ?? null } }]);
}

/** A place in coaching: Admission.created, or Admission.disabled when it ends. */
export async function setAdmission(school: School, email: string, admitted: boolean): Promise<void> {
	const user = userOf(school, email);
	const type = admitted ? 'Admission.created' : 'Admission.disabled';
	await tell(school, [guessedEvent(school, type, user, { is_active: admitted })]);
}

/** Comment.created. */
export async function comment(school: School, email: string, courseId: number, text: string): Promise<void> {
	const [user, course] = [userOf(school, email), courseOf(school, courseId)];
	await tell(school, [guessedEvent(school, 'Comment.created', user, { body: text }, course)]);
}
