import type { TeachableResource } from '../fields';
import { course } from './course';
import { enrollment } from './enrollment';
import { user } from './user';

/** All that the Teachable node offers; the first one is its default. */
export const RESOURCES: TeachableResource[] = [enrollment, course, user];
