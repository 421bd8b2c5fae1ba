type Rest<F> = F extends (subject: never, ...rest: infer R) => unknown ? R : never;
type Result<F> = F extends (...all: never[]) => infer R ? R : never;

/** Operations on a subject (an account, a school) as its owner sees them: without the subject. */
export type Life<T> = { [K in keyof T]: (...rest: Rest<T[K]>) => Result<T[K]> };

/** Operations bound to one subject; each first lets the time take effect that has passed. */
export function bindLife<S, T extends Record<string, (subject: S, ...rest: never[]) => unknown>>(
	operations: T,
	subject: S,
	passTime: () => void = () => {},
): Life<T> {
	const bound = Object.entries(operations).map(([name, operation]) => [
		name,
		(...rest: never[]) => {
			passTime();
			return operation(subject, ...rest);
		},
	]);
	return Object.fromEntries(bound) as Life<T>;
}
