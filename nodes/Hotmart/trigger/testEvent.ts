import { asText, asEmail, type Reader } from '../vocabulary/reader';
import type { AccessProduct } from '../../shared/accessItem';
import type { Student } from './student';

/** How the names of the products of most test events begin. */
const PRODUCT_NAME = 'produto test postback2';
/** The people of the test events; nobody can have an address at example.com. */
const PERSON = /^(testecomprador.*|test)@example\.com$/i;
const TRANSACTIONS = ['HP16015479281022', 'HP1121336654889'];
/** Codes of real subscribers are in upper case (Hotmart §2.7). */
const SUBSCRIBER = '0000aaaa';
const SKUS = ['product.sku', 'purchase.variants.sku', 'purchase.product.sku', 'variants.sku'];

/**
 * Whether Hotmart's test button made the event (Hotmart §5.1). Some test events have an ID that a product may really have, so
 * product name and person count together.
 */
export function isTestEvent(reader: Reader, products: AccessProduct[], student: Student): boolean {
	const is = (path: string, values: string[]) => values.includes(reader.peek(path, asText) ?? '');
	const isPerson = [student.email, reader.peek('buyer.email', asEmail)].some((email) => email && PERSON.test(email));
	const isNobody = student.email === null;
	return (
		products.some(({ id }) => id === 0) ||
		(products.some(({ name }) => name?.toLowerCase().startsWith(PRODUCT_NAME)) && (isPerson || isNobody)) ||
		(student.name === 'Test Name' && isPerson) ||
		is('purchase.transaction', TRANSACTIONS) ||
		is('subscriber.code', [SUBSCRIBER]) ||
		is('subscription.subscriber_code', [SUBSCRIBER]) ||
		SKUS.some((path) => reader.peek(path, asText)?.includes('HTM_SANDBOX'))
	);
}
