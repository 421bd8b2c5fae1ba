import type { AccessItem, AccessProduct } from '../../shared/accessItem';
import { hasBegun, type Source, type Verdict } from './verdict';

/**
 * What a verdict tells the node that opens courses. Access is granted, access that was there once is revoked, and a switch of plans
 * moves. All else is none: nothing was bought or paid, or it cannot be told.
 */
export function accessItemOf(student: AccessItem['student'], verdict: Verdict): AccessItem {
	const { hasAccess, until, reason, sources, others } = verdict;
	const open = [...sources, ...others].filter((source) => source.hasAccess !== false);
	const relevant = sources.filter((source) => source.hasAccess === hasAccess && hasBegun(source));
	const [best] = relevant;
	if (hasAccess === null || !best) return { ...about(student), access: { ...NOTHING, reason, until } };
	if (!hasAccess) {
		const access = { decision: 'revoke', reason, effectiveAt: null, until } as const;
		return { ...about(student), access, ...ended(relevant, open) };
	}
	const { present, old } = plansOf(best, relevant);
	const products = productsOf(relevant);
	const product = productOf(present);
	const offer = { code: present.offerCode };
	const plan = planOf(present);
	const isHeldOtherwise = old && open.some((source) => source !== old && isSamePlan(source, old));
	if (!old || isHeldOtherwise) {
		const access = { decision: 'grant', reason, effectiveAt: null, until } as const;
		return { ...about(student), access, product, products, plan, offer };
	}
	return {
		...about(student),
		access: { decision: 'switch', reason: old.reason, effectiveAt: old.until, until },
		product,
		products,
		plan: { id: present.planId, name: present.planName, previousId: old.planId, previousName: old.planName },
		offer,
	};
}

const NOTHING = { decision: 'none', effectiveAt: null } as const;

const about = (student: AccessItem['student']) => ({
	access: { ...NOTHING, reason: null, until: null },
	student,
	product: null,
	products: [],
	plan: null,
	offer: null,
});

/** The current plan, and the plan before the switch as long as that is paid for. */
function plansOf(best: Source, sources: Source[]): { present: Source; old?: Source } {
	const ofSame = sources.filter(
		(source) => source.type === 'subscription' && source.subscriberCode === best.subscriberCode,
	);
	const present = ofSame.find(({ reason }) => reason !== 'planSwitched');
	return present ? { present, old: ofSame.find(({ reason }) => reason === 'planSwitched') } : { present: best };
}

/** What has ended, without any name that another purchase still opens: otherwise those courses would be left, too. */
function ended(sources: Source[], open: Source[]): Pick<AccessItem, 'product' | 'products' | 'plan' | 'offer'> {
	const products = productsOf(sources).filter(({ id }) => !open.some(({ productId }) => productId === id));
	const best = sources[0]!;
	const keepsPlan = open.some((source) => isSamePlan(source, best));
	const keepsOffer = open.some(({ offerCode }) => offerCode === best.offerCode);
	return {
		product: products.find(({ id }) => id === best.productId) ?? null,
		products,
		plan: keepsPlan ? null : planOf(best),
		offer: keepsOffer ? null : { code: best.offerCode },
	};
}

const isSamePlan = (a: Source, b: Source) =>
	(a.planId !== null && a.planId === b.planId) || (a.planName !== null && a.planName === b.planName);

const planOf = ({ planId, planName }: Source): AccessItem['plan'] =>
	planId === null && planName === null ? null : { id: planId, name: planName, previousId: null, previousName: null };

/** The lists of Hotmart name a product by its ID, not by its ucode. */
const productOf = ({ productId, productName }: Source): AccessProduct => ({
	id: productId,
	ucode: null,
	name: productName,
});

/** Each product once. */
const productsOf = (sources: Source[]): AccessProduct[] => [
	...new Map(sources.map((source) => [source.productId, productOf(source)])).values(),
];
