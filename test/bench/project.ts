/** What the benchmarks use of the project's TypeScript; one file, so that it is compiled and loaded once. */
import 'reflect-metadata';

export { DEMO, startEmulator } from '../emulator';
export { runNode } from '../nodes/n8n';
export { demoCredentials } from '../nodes/setup';
