/** What the benchmarks use of the project's TypeScript; one file, so that it is compiled and loaded once. */
import 'reflect-metadata';
import 'n8n-core';

import type { INodeType } from 'n8n-workflow';

import { NODES } from '../../test/nodes/n8n';

export { DEMO, startEmulator } from '../../test/emulator';
export { runNode } from '../../test/nodes/n8n';
export { demoCredentials } from '../../test/nodes/setup';

const load = require;
// As they are published: the compiler that loads the project's TypeScript here puts calls of its own into every function.
const { Hotmart, Teachable } = load('../../dist/index.js') as Record<string, new () => INodeType>;
Object.assign(NODES, { hotmart: new Hotmart!(), teachable: new Teachable!() });
/** What n8n-core sends requests with: parts of it that it does not hand on. To be loaded now, later they would be others. */
export const [di, network] = ['@n8n/di', '@n8n/backend-network'].map((name) => load(name) as unknown);
