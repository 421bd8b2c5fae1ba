/** What to do: enroll, unenroll, move to the courses of another plan, or nothing. */
export type AccessDecision = 'grant' | 'revoke' | 'switch' | 'none';

/** Something that was bought, by all that names it. */
export interface AccessProduct {
	id: number | null;
	ucode: string | null;
	name: string | null;
}

/**
 * What an item says about somebody's access. It joins the two halves of the package: whatever knows of sales makes items of
 * this shape, and whatever opens courses reads them (*Apply Access* of the Teachable node). A Set node can make one as well.
 * Times are ISO 8601 in UTC; what is unknown is null.
 */
export interface AccessItem {
	access: {
		decision: AccessDecision;
		/** Why, in one word. */
		reason: string | null;
		/**
		 * When the decision takes effect; null: now. Of a switch it is when the courses of the old plan are left, as those of the
		 * new one open at once.
		 */
		effectiveAt: string | null;
		/** When access ends, as far as that is known. */
		until: string | null;
	};
	student: { email: string | null; name: string | null };
	product: AccessProduct | null;
	/** All products of a combo or an order, `product` among them; absent or empty: `product` is all. */
	products?: AccessProduct[];
	plan: { id: number | null; name: string | null; previousId: number | null; previousName: string | null } | null;
	offer: { code: string | null } | null;
}
