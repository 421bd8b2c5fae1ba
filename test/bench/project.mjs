// @ts-check
import { tsImport } from 'tsx/esm/api';

// n8n-core is not to write about waits and refusals between the figures.
process.env.N8N_LOG_LEVEL ??= 'silent';

/** @type {typeof import('./project')} */
const { DEMO, demoCredentials, n8nRequest, runNode, startEmulator } = await tsImport('./project.ts', import.meta.url);
export { DEMO, demoCredentials, n8nRequest, runNode, startEmulator };
