import { explainCommon, leadingWords, RequestError, type Explanation, type Failure } from '../../shared/http';
import { isRecord } from '../../shared/record';

/** Hotmart's error words that need an explanation, with the remedy (Hotmart §2.6). */
const REMEDIES: Record<string, string> = {
	invalid_token: 'The position in the list is no longer valid. Run the node again to read the list from the start.',
	invalid_parameter: 'Check the fields of the node: one of them holds a value that Hotmart does not accept here.',
	invalid_value_parameter: 'Check the filters of the node: one of them holds a value that Hotmart does not accept.',
	it_can_not_cancel_subscription_status:
		'Only an active, overdue or initiated subscription can be canceled. This one is already canceled or has ended.',
	it_can_not_reactivate_subscription:
		'Only a canceled subscription can be reactivated. This one is active, or it has expired and needs a new purchase.',
	subscription_in_trial_period: 'Wait until the trial period is over.',
	refund_request_already_exists: 'A refund of this sale was requested before. Look at its status.',
	purchase_not_found: 'Check the transaction code: it starts with HP and belongs to a sale of this account.',
	too_many_requests: 'Let fewer workflows use this account at the same time.',
	// Of coupons only (Hotmart §2.6).
	internal_error: 'A coupon needs a product that is not sold by subscription, and some coupons cannot be deleted.',
	'0006': 'Enter the subdomain of the members area, such as my-course for my-course.club.hotmart.com.',
};

const STATUS_REMEDIES: Record<number, string> = {
	400: 'Check the fields of the node.',
	401: 'Check the environment of the credential, and test the credential.',
	403: 'The Hotmart account of the credential has no right to do this. Use an account that has it.',
	404: 'Check the codes and IDs. This Hotmart account does not have one of them.',
	405: 'Hotmart does not have this call. Check the method and the path.',
	409: 'Something else prevents this change. Look at the record in Hotmart before you run it again.',
	422: 'Hotmart needs one more value for this call. Fill in the fields of the node.',
	502: 'The query takes Hotmart too long. Narrow it by dates or other filters.',
};

const LATER = 'Try again in a few minutes.';

const remedyOf = (status: number | null) =>
	STATUS_REMEDIES[status ?? 0] ?? (status !== null && status >= 400 && status < 500 ? STATUS_REMEDIES[400]! : LATER);

/** Hotmart's error for a product without plans (Hotmart §2.6). */
export const isWithoutPlans = (error: Error): boolean =>
	error instanceof RequestError && error.code === 'invalid_parameter';

/** Says in words why a request to Hotmart failed. */
export function explain(failure: Failure): Explanation {
	const common = explainCommon('Hotmart', failure);
	if (common) return common;
	const { status, body } = failure;
	if (!isRecord(body)) return explainText(failure);
	const code = [body.error, body.code].find((word): word is string => typeof word === 'string') ?? '';
	const isKnown = status !== 401 && Object.hasOwn(REMEDIES, code);
	return {
		message: leadingWords('Hotmart', status, [body.error_description, body.message, code]),
		description: isKnown ? REMEDIES[code]! : remedyOf(status),
		code,
		details: `HTTP ${status}${code === '' ? '' : `, ${code}`}`,
	};
}

/** For an answer that is not JSON. Hotmart answers an address that does not exist with 200 and a web page (Hotmart §2.6). */
function explainText({ status, request }: Failure): Explanation {
	if (status === 200 || status === 404)
		return {
			message: `Hotmart has nothing at the address ${request.path}`,
			description:
				'Check the path if you entered one: addresses start with /payments/api/v1, /products/api/v1, /club/api/v1 ... Otherwise try again in a few minutes.',
		};
	return { message: 'Hotmart did not answer as its API does', description: LATER, details: `HTTP ${status}` };
}
