const COMPILE_CACHE = { N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true' };
const LAZY = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

/** How n8n may evaluate expressions. Without sandboxes there is nothing that the compile cache could keep: n8n ignores it there. */
export const MODES = {
	default: {},
	'default, compile cache': COMPILE_CACHE,
	lazy: LAZY,
	'lazy, compile cache': { ...LAZY, ...COMPILE_CACHE },
	legacy: { N8N_EXPRESSION_ENGINE: 'legacy' },
} satisfies Record<string, Record<string, string>>;
export type Mode = keyof typeof MODES;
