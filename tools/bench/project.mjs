// @ts-check
import { tsImport } from 'tsx/esm/api';

// n8n-core is not to write about waits and refusals between the figures.
process.env.N8N_LOG_LEVEL ??= 'silent';

/** @type {typeof import('./project')} */
const { DEMO, demoCredentials, di, network, runNode, startEmulator } = await tsImport('./project.ts', import.meta.url);
export { DEMO, demoCredentials, runNode, startEmulator };

const { Container } = /** @type {typeof import('@n8n/di')} */ (di);
const { OutboundHttp } = /** @type {typeof import('@n8n/backend-network')} */ (network);
/** What n8n-core sends the requests of all nodes with. */
export const n8nRequest = Container.get(OutboundHttp).requests().request;
