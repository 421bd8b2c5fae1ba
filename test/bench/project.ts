/** What the benchmarks use of the project's TypeScript; one file, so that it is compiled and loaded once. */
import 'reflect-metadata';
import 'n8n-core';

import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';

export { DEMO, startEmulator } from '../emulator';
export { runNode } from '../nodes/n8n';
export { demoCredentials } from '../nodes/setup';

/** What n8n-core sends the requests of all nodes with. */
export const n8nRequest = Container.get(OutboundHttp).requests().request;
