/** What the benchmarks use of the project's TypeScript; one file, so that it is compiled and loaded once. */
import 'reflect-metadata';
import 'n8n-core';

export { DEMO, startEmulator } from '../emulator';
export { runNode } from '../nodes/n8n';
export { demoCredentials } from '../nodes/setup';

const load = require;
/** What n8n-core sends requests with: parts of it that it does not hand on. To be loaded now, later they would be others. */
export const [di, network] = ['@n8n/di', '@n8n/backend-network'].map((name) => load(name) as unknown);
