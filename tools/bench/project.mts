/** What the benchmarks use of the project: the nodes as they are published, n8n-core, and the emulator. */
import './quiet.mts';
import 'reflect-metadata';
import 'n8n-core';

import { createRequire } from 'node:module';

import { NODES } from '../../test/nodes/n8n.ts';

export { DEMO, startEmulator } from '../../test/emulator/index.ts';
export { runNode } from '../../test/nodes/n8n.ts';
export { demoCredentials } from '../../test/nodes/setup.ts';

// As they are published: the compiler that loads the project's TypeScript here puts calls of its own into every function.
const require = createRequire(import.meta.url);
const { Hotmart } = require('../../dist/nodes/Hotmart/Hotmart.node.js');
const { Teachable } = require('../../dist/nodes/Teachable/Teachable.node.js');
Object.assign(NODES, { hotmart: new Hotmart(), teachable: new Teachable() });

// Required, as n8n-core does: their packages offer an import that is not published
const { Container }: typeof import('@n8n/di') = require('@n8n/di');
const { OutboundHttp }: typeof import('@n8n/backend-network') = require('@n8n/backend-network');
/** Sends the requests of all nodes in n8n-core. */
export const n8nRequest = Container.get(OutboundHttp).requests().request;
