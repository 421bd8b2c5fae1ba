import { explainCommon, leadingWords, type Explanation, type Failure, type HttpRequest } from '../../shared/http';
import { isRecord } from '../../shared/record';

/** What to check when Teachable refuses a request, by the path of the request. */
const TO_CHECK: Array<[RegExp, string]> = [
	[/\/(un)?enroll$/, 'the course and the user'],
	[/\/users$/, 'the e-mail address and the other fields of the node'],
	[/\/mark_complete$/, 'the course, the lecture and the user'],
];

const toCheck = ({ path }: HttpRequest) =>
	TO_CHECK.find(([pattern]) => pattern.test(path))?.[1] ?? 'the fields of the node';

const REMEDIES: Record<number, (request: HttpRequest) => string> = {
	400: (request) => `Check ${toCheck(request)}.`,
	401: () => 'Teachable does not know the API key of the credential: copy it again from Settings > API of the school.',
	403: () =>
		'The plan of the school must include API access (Growth or higher at the time of writing), and the key must be allowed to do this.',
	404: () => 'Check the IDs that were entered: the school does not have one of them.',
	409: (request) =>
		`Something else prevents this change. Check ${toCheck(request)}, and look at the school in Teachable before you run it again.`,
	422: (request) => `Teachable understood the request but cannot carry it out: check ${toCheck(request)}.`,
};

/** Says in words why a request to Teachable failed. */
export function explain(failure: Failure): Explanation {
	const common = explainCommon('Teachable', failure);
	if (common) return common;
	const { status, body, request } = failure;
	const isOtherServer = status !== null && status < 300;
	const isRefusal = status !== null && status >= 400 && status < 500;
	return {
		message:
			isRecord(body) && !isOtherServer
				? leadingWords('Teachable', status, [body.message, body.error_description, body.error])
				: 'Teachable did not answer as its API does',
		description: isOtherServer
			? 'Check the API URL of the credential: it is https://developers.teachable.com/v1. If that is what it says, try again in a few minutes.'
			: (REMEDIES[status ?? 0]?.(request) ??
				(isRefusal ? `Check ${toCheck(request)}.` : 'Try again in a few minutes.')),
		details: `HTTP ${status}, ${request.method ?? 'GET'} ${request.path}`,
	};
}
