import type { Call, Operation, Resource } from '../../shared/operation';
import type { TeachableClient } from './client';

export type TeachableCall = Call<TeachableClient>;
export type TeachableOperation = Operation<TeachableClient>;
export type TeachableResource = Resource<TeachableClient>;
