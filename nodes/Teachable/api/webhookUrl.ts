/** The URL of a webhook without the secret that the Teachable Trigger has in it. */
export const withoutUrlSecret = (url: unknown): string =>
	String(url ?? '').replace(/([?&]secret=)[^&#]*/gi, '$1[hidden]');
