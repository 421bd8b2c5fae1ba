const COMPILE_CACHE = { N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true' };
const LAZY = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };
const LEGACY = { N8N_EXPRESSION_ENGINE: 'legacy' };

/** How n8n may evaluate expressions. */
export const MODES = {
	default: {},
	'default, compile cache': COMPILE_CACHE,
	lazy: LAZY,
	'lazy, compile cache': { ...LAZY, ...COMPILE_CACHE },
	legacy: LEGACY,
	'legacy, compile cache': { ...LEGACY, ...COMPILE_CACHE },
} satisfies Record<string, Record<string, string>>;
export type Mode = keyof typeof MODES;
