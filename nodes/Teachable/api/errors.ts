import { explainCommon, leadingWords, type Explanation, type Failure } from '../../shared/http';
import { isRecord } from '../../shared/record';
import { addresses } from './addresses';

/** What to check when Teachable refuses a request, where it is more than the fields of the node. */
const TO_CHECK: Record<string, string> = {
	[addresses.enroll]: 'the course and the user',
	[addresses.unenroll]: 'the course and the user',
	[addresses.users]: 'the e-mail address and the other fields of the node',
};

/** @param check what to check */
const remediesOf = (check: string): Record<number, string> => ({
	401: 'Teachable does not know the API key of the credential: copy it again from Settings > API of the school.',
	403: 'The plan of the school must include API access (Growth or higher at the time of writing), and the key must be allowed to do this.',
	404: 'Check the IDs that were entered: the school does not have one of them.',
	409: `Something else prevents this change. Check ${check}, and look at the school in Teachable before you run it again.`,
	422: `Teachable understood the request but cannot carry it out: check ${check}.`,
});

/** Says in words why a request to Teachable failed. */
export function explain(failure: Failure): Explanation {
	const common = explainCommon('Teachable', failure);
	if (common) return common;
	const { status, body, request } = failure;
	const isOtherServer = status !== null && status < 300;
	const check = TO_CHECK[request.path] ?? 'the fields of the node';
	const isRefusal = status !== null && status >= 400 && status < 500;
	return {
		message:
			isRecord(body) && !isOtherServer
				? leadingWords('Teachable', status, [body.message, body.error_description, body.error])
				: 'Teachable did not answer as its API does',
		description: isOtherServer
			? 'Check the API URL of the credential: it is https://developers.teachable.com/v1. If that is what it says, try again in a few minutes.'
			: (remediesOf(check)[status ?? 0] ?? (isRefusal ? `Check ${check}.` : 'Try again in a few minutes.')),
		details: `HTTP ${status}, ${request.method ?? 'GET'} ${request.path}`,
	};
}
